using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FaceCourse.Assets;

/// <summary>Where a file comes from when neither cache nor mirror holds it.</summary>
/// <param name="Npm">The npm package that holds the file, or null.</param>
/// <param name="Repository">The public GitHub repository (<c>owner/name</c>) that holds the file, or null.</param>
/// <param name="Commit">The commit (40 hex digits) of that repository, or null.</param>
/// <param name="Path">The file's path inside the package or repository.</param>
public sealed record AssetSource(string? Npm, string? Repository, string? Commit, string Path);

/// <summary>One file that can be asked for by name.</summary>
/// <param name="Name">Its name: a relative path with forward slashes.</param>
/// <param name="Bytes">Its exact length.</param>
/// <param name="Sha256">Its sha256, 64 lower-case hex digits.</param>
/// <param name="Sources">Where it can be fetched; empty for a file only a mirror can hold.</param>
public sealed record AssetFile(string Name, long Bytes, string Sha256, IReadOnlyList<AssetSource> Sources);

/// <summary>One row of the catalogue: a file, or a folder of files.</summary>
/// <param name="Name">Its name: a relative path with forward slashes.</param>
/// <param name="What">What it is, in a sentence for a student.</param>
/// <param name="Licence">Licence or terms.</param>
/// <param name="Bytes">Length of all its files together.</param>
/// <param name="Files">Its files; exactly one, of the same name, when it is no folder.</param>
public sealed record AssetEntry(string Name, string What, string Licence, long Bytes, IReadOnlyList<AssetFile> Files)
{
    /// <summary>True when the row is a folder of files.</summary>
    public bool IsFolder => Files.Count != 1 || Files[0].Name != Name;
}

/// <summary>What the course can fetch: weights and data by name, with licence, length and sha256.</summary>
public sealed partial class AssetCatalogue
{
    private const long LargestFile = 1L << 30;

    private readonly Dictionary<string, AssetFile> _files = new(StringComparer.Ordinal);

    private AssetCatalogue(IReadOnlyList<AssetEntry> entries)
    {
        Entries = entries;
        foreach (var file in entries.SelectMany(e => e.Files))
        {
            if (!_files.TryAdd(file.Name, file))
                throw new FormatException($"\"{file.Name}\" is listed twice");
        }
    }

    /// <summary>The course's own catalogue: <c>models/catalogue.json</c> and <c>data/catalogue.json</c>, embedded in this library.</summary>
    public static AssetCatalogue Course { get; } =
        Combine(Embedded("models/catalogue.json"), Embedded("data/catalogue.json"));

    /// <summary>All rows, in the order of the files they were read from.</summary>
    public IReadOnlyList<AssetEntry> Entries { get; }

    /// <summary>Reads a catalogue.</summary>
    /// <param name="json">The text of a <c>catalogue.json</c>.</param>
    /// <param name="origin">What to call it in an error message.</param>
    /// <exception cref="AssetException">It is no JSON, a field is missing, or a name or hash is not acceptable.</exception>
    public static AssetCatalogue Parse(string json, string origin = "catalogue.json")
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new([.. document.RootElement.GetProperty("assets").EnumerateArray().Select(Row)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new AssetException($"The asset catalogue {origin} cannot be read ({e.Message.TrimEnd('.')}); restore it from the repository.", e);
        }
    }

    /// <summary>One catalogue out of several.</summary>
    /// <exception cref="AssetException">Two of them list the same name.</exception>
    public static AssetCatalogue Combine(params ReadOnlySpan<AssetCatalogue> catalogues)
    {
        List<AssetEntry> entries = [];
        foreach (var catalogue in catalogues) entries.AddRange(catalogue.Entries);
        try
        {
            return new(entries);
        }
        catch (FormatException e)
        {
            throw new AssetException($"The asset catalogues disagree ({e.Message}); restore them from the repository.", e);
        }
    }

    /// <summary>Finds one file by name, those inside folder assets included (<c>faces/orl_faces/s1/1.pgm</c>).</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out AssetFile? file) => _files.TryGetValue(name, out file);

    /// <summary>All files below a folder, for example <c>faces/orl_faces</c> or <c>video/horse_in_motion</c>.</summary>
    public IReadOnlyList<AssetFile> Below(string folder)
    {
        var prefix = folder.TrimEnd('/') + "/";
        return [.. Entries.SelectMany(e => e.Files).Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal))];
    }

    internal static string EmbeddedText(string name)
    {
        using var stream = typeof(AssetCatalogue).Assembly.GetManifestResourceStream(name)
            ?? throw new AssetException($"This build of FaceCourse lacks its own {name}; build it again from a complete checkout.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static AssetCatalogue Embedded(string name) => Parse(EmbeddedText(name), name);

    private static AssetEntry Row(JsonElement row)
    {
        var name = SafePath(Text(row, "name"));
        List<AssetSource> sources = [.. row.GetProperty("sources").EnumerateArray().Select(Source)];
        var bytes = Length(row.GetProperty("bytes"), name);

        List<AssetFile> files = row.TryGetProperty("files", out var list)
            ? [.. list.EnumerateArray().Select(f => Inner(name, sources, f))]
            : [new(name, bytes, Hash(Text(row, "sha256"), name), sources)];
        if (files.Sum(f => f.Bytes) != bytes) throw new FormatException($"the files of \"{name}\" do not add up to its bytes");
        return new(name, Text(row, "what"), Text(row, "licence"), bytes, files);
    }

    // The files of a folder share its sources: [path in the folder, bytes, sha256].
    private static AssetFile Inner(string folder, List<AssetSource> sources, JsonElement row)
    {
        var path = SafePath(row[0].GetString() ?? "");
        var name = $"{folder}/{path}";
        return new(name, Length(row[1], name), Hash(row[2].GetString() ?? "", name),
            [.. sources.Select(s => s with { Path = $"{s.Path}/{path}" })]);
    }

    private static AssetSource Source(JsonElement source)
    {
        var path = SafePath(Text(source, "path"));
        if (source.TryGetProperty("npm", out _)) return new(SafePath(Text(source, "npm")), null, null, path);

        var commit = Text(source, "commit");
        if (!Commit().IsMatch(commit)) throw new FormatException($"\"{commit}\" is no commit of 40 hex digits");
        return new(null, SafePath(Text(source, "repository")), commit, path);
    }

    private static string Text(JsonElement row, string field)
    {
        var text = row.TryGetProperty(field, out var value) ? value.GetString() : null;
        return string.IsNullOrWhiteSpace(text) ? throw new FormatException($"a row has no \"{field}\"") : text;
    }

    private static long Length(JsonElement value, string name) =>
        value.TryGetInt64(out var bytes) && bytes is > 0 and <= LargestFile
            ? bytes
            : throw new FormatException($"the bytes of \"{name}\" are no number between 1 and {LargestFile}");

    private static string Hash(string text, string name) =>
        Sha256Text().IsMatch(text) ? text : throw new FormatException($"the sha256 of \"{name}\" is not 64 lower-case hex digits");

    // Names become paths below the cache and parts of addresses, so nothing may climb out of either.
    private static string SafePath(string path) =>
        SafePathText().IsMatch(path) && path.Split('/').All(s => s.Length > 0 && s.Trim('.').Length > 0)
            ? path
            : throw new FormatException($"\"{path}\" is no plain relative path");

    [GeneratedRegex(@"\A[A-Za-z0-9@_][A-Za-z0-9@._/\-]*\z")]
    private static partial Regex SafePathText();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sha256Text();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
