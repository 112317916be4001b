using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;

namespace FaceCourse.Studio.Server.Contents;

/// <summary>Knows which notebooks' outputs may run scripts: the course's own, and what this user saved after running it.</summary>
/// <remarks>As in Jupyter: a signature is an HMAC with a key that only this user has, so that a notebook from elsewhere cannot bring one along.</remarks>
internal sealed class Notary
{
    private const int Most = 20_000;
    private static readonly FrozenSet<string> Originals = StudioFiles.Lines("originals.sha256").ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _gate = new();
    private readonly string _file;
    private readonly byte[] _key;
    private readonly HashSet<string> _signatures;

    /// <param name="folder">Where this user's key and signatures are kept.</param>
    public Notary(string folder)
    {
        PrivateFiles.CreateFolder(folder);
        _key = Key(Path.Combine(folder, "notary.key"));
        _file = Path.Combine(folder, "signatures");
        var lines = File.Exists(_file) ? File.ReadAllLines(_file) : [];
        if (lines.Length > Most)
        {
            lines = lines[^(Most / 2)..];
            PrivateFiles.Write(_file, string.Join('\n', lines) + "\n");
        }

        _signatures = new HashSet<string>(lines, StringComparer.Ordinal);
    }

    /// <summary>Whether a file of these bytes is trusted.</summary>
    public bool Trusts(ReadOnlySpan<byte> file)
    {
        if (Originals.Contains(Convert.ToHexStringLower(SHA256.HashData(file)))) return true;

        var signature = Signature(file);
        lock (_gate) return _signatures.Contains(signature);
    }

    /// <summary>Trusts a file of these bytes from now on.</summary>
    public void Sign(ReadOnlySpan<byte> file)
    {
        var signature = Signature(file);
        lock (_gate)
        {
            if (!_signatures.Add(signature)) return;

            using var writer = new StreamWriter(_file, PrivateFiles.Options(FileMode.Append));
            writer.Write(signature + "\n");
        }
    }

    /// <summary>Tells the page, cell by cell, whether scripts may run.</summary>
    public static void Mark(NotebookDocument notebook, bool trusted)
    {
        foreach (var cell in notebook.Cells.Where(c => c.IsCode)) cell.Json["metadata"]!["trusted"] = trusted;
    }

    /// <summary>Takes the page's marks off, for they do not belong into a file.</summary>
    /// <returns>True when every code cell was marked trusted, or shows nothing that could hold a script.</returns>
    public static bool Unmark(NotebookDocument notebook)
    {
        var all = true;
        foreach (var cell in notebook.Cells)
        {
            var metadata = (JsonObject)cell.Json["metadata"]!;
            var marked = metadata["trusted"] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
            metadata.Remove("trusted");
            if (cell.IsCode && !marked && cell.Outputs.Any(MayHoldScript)) all = false;
        }

        return all;
    }

    private static bool MayHoldScript(JsonNode? output) => output?["output_type"]?.ToString() is not ("stream" or "error");

    private string Signature(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, file));

    private static byte[] Key(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: 32 } key) return key;

        key = RandomNumberGenerator.GetBytes(32);
        using (var stream = new FileStream(path, PrivateFiles.Options(FileMode.Create))) stream.Write(key);
        return key;
    }
}
