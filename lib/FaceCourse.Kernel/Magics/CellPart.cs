using FaceCourse.Kernel.Compiling;
using System.Text.RegularExpressions;

namespace FaceCourse.Kernel.Magics;

/// <summary>A stretch of a cell: C#, text of another language, or one command line such as <c>#!who</c>.</summary>
/// <param name="Kind">The language's or command's canonical name.</param>
/// <param name="Text">The text (C# keeps its line numbers: empty lines stand for what came before), or the command's argument.</param>
internal sealed partial record CellPart(string Kind, string Text)
{
    public const string CSharp = "csharp";

    // What one may write, and what it is called here. The names are .NET Interactive's.
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["csharp"] = CSharp, ["c#"] = CSharp, ["cs"] = CSharp,
        ["html"] = "html", ["markdown"] = "markdown", ["md"] = "markdown", ["javascript"] = "javascript", ["js"] = "javascript",
        ["time"] = "time", ["who"] = "who", ["whos"] = "whos", ["import"] = "import", ["lsmagic"] = "lsmagic", ["about"] = "about", ["doc"] = "doc",
    };

    // .NET Interactive had these; here they are not a slip of the pen.
    private static readonly HashSet<string> Foreign = new(StringComparer.OrdinalIgnoreCase) { "fsharp", "f#", "pwsh", "powershell", "sql", "kql", "http", "mermaid", "python", "r" };

    /// <summary>All commands, with what they do.</summary>
    public static IReadOnlyDictionary<string, string> Commands { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["#!about"] = "what this kernel is",
        ["#!csharp"] = "what follows is C# (as is everything, unless a line says otherwise)",
        ["#!doc"] = "#!doc Name: the documentation of a type, member or variable",
        ["#!html"] = "what follows is HTML, shown below the cell",
        ["#!import"] = "#!import file: runs a .ipynb, .cs or .csx file here",
        ["#!javascript"] = "what follows is JavaScript, run in the page",
        ["#!lsmagic"] = "this list",
        ["#!markdown"] = "what follows is Markdown, shown below the cell",
        ["#!time"] = "shows how long the cell took",
        ["#!who"] = "the names of the variables",
        ["#!whos"] = "the variables with their types and values",
    };

    public bool IsText => Kind is CSharp or "html" or "markdown" or "javascript";

    /// <summary>The languages whose cells a notebook run passes on, by the names that notebooks' metadata use.</summary>
    public static bool IsLanguage(string name) => Names.TryGetValue(name, out var kind) && new CellPart(kind, "").IsText;

    /// <summary>Takes a cell apart.</summary>
    /// <exception cref="UnknownMagicException">A <c>#!</c> line names nothing known.</exception>
    public static IReadOnlyList<CellPart> Split(string code)
    {
        if (!code.Contains("#!", StringComparison.Ordinal) && !code.Contains("%%", StringComparison.Ordinal)) return [new CellPart(CSharp, code)];

        List<CellPart> parts = [];
        var language = CSharp;
        List<string> text = [];
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Command(lines, i, language) is not var (kind, argument))
            {
                text.Add(lines[i]);
                continue;
            }

            Close();
            var part = new CellPart(kind, argument);
            if (!part.IsText) parts.Add(part);
            else language = kind;

            // The command's own line, and for C# all lines before it, stay as empty lines.
            text = language == CSharp ? [.. Enumerable.Repeat("", i + 1)] : part.IsText && argument.Length > 0 ? [argument] : [];
        }

        Close();
        return parts;

        void Close()
        {
            var whole = string.Join('\n', text);
            if (!string.IsNullOrWhiteSpace(whole)) parts.Add(new CellPart(language, whole));
        }
    }

    /// <summary>The cell with everything that is not C# turned into spaces: positions stay.</summary>
    public static string OnlyCSharp(string code)
    {
        if (!code.Contains("#!", StringComparison.Ordinal) && !code.Contains("%%", StringComparison.Ordinal)) return code;

        var language = CSharp;
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var match = Line().Match(lines[i]);
            var isCommand = match.Success && Names.ContainsKey(match.Groups[2].Value);
            if (isCommand && new CellPart(Names[match.Groups[2].Value], "").IsText) language = Names[match.Groups[2].Value];
            if (match.Success || language != CSharp) lines[i] = new string(' ', lines[i].Length);
        }

        return string.Join('\n', lines);
    }

    private static (string Kind, string Argument)? Command(string[] lines, int index, string language)
    {
        var match = Line().Match(lines[index]);
        if (!match.Success) return null;

        // %% is Jupyter's; it stands in the first line or is an operator's business.
        if (match.Groups[1].Value == "%%" && lines.Take(index).Any(l => !string.IsNullOrWhiteSpace(l))) return null;
        if (Names.TryGetValue(match.Groups[2].Value, out var kind)) return (kind, match.Groups[3].Value.Trim());
        return language == CSharp ? throw Unknown(match.Groups[1].Value, match.Groups[2].Value) : null;
    }

    private static UnknownMagicException Unknown(string sign, string name) =>
        new(sign + name, Foreign.Contains(name) ? null : Spelling.Closest(name, Names.Keys));

    [GeneratedRegex(@"^\s*(#!|%%)([A-Za-z#][\w#-]*)(?:\s+(.*?))?\s*$")]
    private static partial Regex Line();
}

/// <summary>A cell has a <c>#!</c> line that means nothing here.</summary>
internal sealed class UnknownMagicException(string line, string? suggestion)
    : Exception($"There is no command {line}.{(suggestion is null ? " Cells are C#, HTML, Markdown or JavaScript." : $" Did you mean #!{suggestion}?")} #!lsmagic lists all commands.");
