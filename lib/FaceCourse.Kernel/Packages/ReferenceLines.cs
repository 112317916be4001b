using System.Text.RegularExpressions;

namespace FaceCourse.Kernel.Packages;

/// <summary>The <c>#r</c> and <c>#i</c> lines of a cell, taken out of its code without moving any other line.</summary>
internal sealed partial class ReferenceLines
{
    private ReferenceLines(string code) => Code = code;

    /// <summary>The code with those lines empty.</summary>
    public string Code { get; private set; }

    /// <summary><c>#r "nuget: …"</c></summary>
    public List<PackageRequest> Packages { get; } = [];

    /// <summary><c>#i "nuget: source"</c></summary>
    public List<string> Sources { get; } = [];

    /// <summary><c>#r "file.dll"</c></summary>
    public List<string> Files { get; } = [];

    public static ReferenceLines Read(string code)
    {
        var found = new ReferenceLines(code);
        if (!code.Contains("#r", StringComparison.Ordinal) && !code.Contains("#i", StringComparison.Ordinal)) return found;

        found.Code = Line().Replace(code, match =>
        {
            found.Add(match.Groups[1].Value == "r", match.Groups[2].Value.Trim());
            return "";
        });
        return found;
    }

    /// <summary>The code with those lines turned into spaces: positions stay.</summary>
    public static string Blank(string code) =>
        code.Contains('#', StringComparison.Ordinal) ? Line().Replace(code, m => new string(' ', m.Length)) : code;

    private void Add(bool isReference, string text)
    {
        var isPackage = text.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase);
        if (isPackage) text = text["nuget:".Length..].Trim();
        if (!isReference)
        {
            Sources.Add(text);
            return;
        }

        if (!isPackage)
        {
            Files.Add(text);
            return;
        }

        var parts = text.Split(',', 2, StringSplitOptions.TrimEntries);
        Packages.Add(new PackageRequest(parts[0], parts is [_, { Length: > 0 } version] ? version : null));
    }

    [GeneratedRegex("""^[ \t]*#(r|i)[ \t]+"([^"\r\n]*)"[ \t]*;?[ \t]*(?=\r?$)""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
