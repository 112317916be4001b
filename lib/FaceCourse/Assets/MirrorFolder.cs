namespace FaceCourse.Assets;

/// <summary>A folder that holds assets under any names: found by length first, then by sha256.</summary>
/// <remarks>Only files of exactly the wanted length are ever read, so a large mirror costs one listing.</remarks>
internal sealed class MirrorFolder(string root, Sha256File hashes)
{
    private readonly Lazy<ILookup<long, string>> _byLength = new(() => List(root));

    /// <summary>The folder, an absolute path.</summary>
    public string Root => root;

    /// <summary>The path of a file with this sha256, or null.</summary>
    public string? Find(AssetFile file)
    {
        // The usual case: the mirror has the catalogue's own layout.
        var expected = Path.Combine(root, file.Name);
        if (hashes.Matches(expected, file)) return expected;
        return _byLength.Value[file.Bytes].FirstOrDefault(path => hashes.Matches(path, file));
    }

    /// <summary>A file of that name which is not the file that was meant, or null: worth a word in an error message.</summary>
    public string? Broken(AssetFile file)
    {
        var expected = Path.Combine(root, file.Name);
        return File.Exists(expected) && !hashes.Matches(expected, file) ? expected : null;
    }

    private static ILookup<long, string> List(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        return Directory.Exists(root)
            ? new DirectoryInfo(root).EnumerateFiles("*", options).ToLookup(f => f.Length, f => f.FullName)
            : Enumerable.Empty<string>().ToLookup(_ => 0L);
    }
}
