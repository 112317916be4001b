using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FaceCourse.Assets;

/// <summary>Checks files against a sha256; each file is read once per process unless its length or time changes.</summary>
internal sealed class Sha256File
{
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written, string Sha256)> _seen = new();

    /// <summary>The sha256 of a file as lower-case hex.</summary>
    public string Of(string path)
    {
        var info = new FileInfo(path);
        if (_seen.TryGetValue(path, out var seen) && seen.Length == info.Length && seen.Written == info.LastWriteTimeUtc)
            return seen.Sha256;

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        _seen[path] = (info.Length, info.LastWriteTimeUtc, hash);
        return hash;
    }

    /// <summary>True when the file is there and is the one the catalogue means; a file that cannot be read is not.</summary>
    public bool Matches(string path, AssetFile file)
    {
        try
        {
            var info = new FileInfo(path);
            return info.Exists && info.Length == file.Bytes && Of(path) == file.Sha256;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
