using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>One statement of the lecture, where a student can run it, and which test holds it.</summary>
/// <param name="Kind"><c>objective</c>, <c>slide</c>, <c>formula</c>, <c>summary</c> or <c>question</c>.</param>
/// <param name="Section">The lecture's section, 1 to 11; 0 for the whole.</param>
/// <param name="Statement">What the lecture says.</param>
/// <param name="Notebook">The notebook's name without extension.</param>
/// <param name="Marker">Text that stands in exactly the cell that is meant, or in the first of several.</param>
/// <param name="Test"><c>Class.Method</c>.</param>
internal sealed record CoverageRow(string Kind, int Section, string Statement, string Notebook, string Marker, string Test);

/// <summary>The table <c>docs/coverage.md</c>, made from <c>docs/coverage.json</c>.</summary>
internal static partial class Coverage
{
    private static readonly (string Kind, string Heading)[] Parts =
        [("objective", "Learning objectives"), ("slide", "Slides"), ("formula", "Formulas"), ("summary", "The ten summary lines"), ("question", "The twenty questions")];

    private static readonly JsonSerializerOptions Reading = new() { PropertyNameCaseInsensitive = true };

    public static string Json => Path.Combine(CourseNotebooks.Repository, "docs", "coverage.json");

    public static string Markdown => Path.Combine(CourseNotebooks.Repository, "docs", "coverage.md");

    public static IReadOnlyList<CoverageRow> Load() => JsonSerializer.Deserialize<List<CoverageRow>>(File.ReadAllText(Json), Reading)!;

    /// <summary>The cell's id, or null when no cell holds the marker.</summary>
    public static string? Cell(CoverageRow row) =>
        CourseNotebooks.Load(row.Notebook).Cells.FirstOrDefault(c => row.Marker.Length > 0 && c.Source.Contains(row.Marker, StringComparison.Ordinal))?.Id;

    /// <summary>Every test there is, as <c>Class.Method</c>, from the sources of all test projects.</summary>
    public static IReadOnlySet<string> Tests() => Directory.GetFiles(Path.Combine(CourseNotebooks.Repository, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(f => TestsIn(File.ReadAllText(f))).ToHashSet(StringComparer.Ordinal);

    public static string Render(IReadOnlyList<CoverageRow> rows)
    {
        var text = new StringBuilder("""
            # What the lecture says, where it runs, what proves it

            Made from `coverage.json` by `CoverageTests`; run them with `FACECOURSE_UPDATE=1` to write this file anew. A cell is named by a piece of
            its text. A row whose cell or test does not exist fails the tests.

            """);
        foreach (var (kind, heading) in Parts)
        {
            text.Append($"\n## {heading}\n\n| section | the lecture says | notebook, cell | test |\n|---:|---|---|---|\n");
            foreach (var row in rows.Where(r => r.Kind == kind))
                text.Append($"| {(row.Section == 0 ? "all" : row.Section)} | {row.Statement.Replace("|", "\\|", StringComparison.Ordinal)} | [{row.Notebook}](../notebooks/{row.Notebook}.ipynb): `{row.Marker}` | `{row.Test}` |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> TestsIn(string source)
    {
        var classes = ClassName().Matches(source);
        foreach (Match test in TestMethod().Matches(source))
        {
            if (classes.LastOrDefault(c => c.Index < test.Index) is { } owner) yield return $"{owner.Groups[1].Value}.{test.Groups[1].Value}";
        }
    }

    [GeneratedRegex(@"(?m)^(?:public |internal |sealed |abstract |partial |static )*class (\w+)")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\[(?:Fact|Theory|Property)[^\]]*\][\s\S]*?public (?:async Task|void|Task|Property|bool) (\w+)\(")]
    private static partial Regex TestMethod();
}
