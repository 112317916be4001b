using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FaceCourse.Kernel;
using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>The notebooks as they are committed: what every host and every student can rely on.</summary>
public sealed class NotebookFileTests
{
    public static TheoryData<string> Notebooks => CourseNotebooks.Rows();

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_is_nbformat_4_5_with_the_metadata_that_every_host_accepts(string name)
    {
        var json = JsonNode.Parse(File.ReadAllText(CourseNotebooks.File(name)))!;

        Assert.Equal((4, 5), (json["nbformat"]!.GetValue<int>(), json["nbformat_minor"]!.GetValue<int>()));
        Assert.Equal(".net-csharp", json["metadata"]!["kernelspec"]!["name"]!.GetValue<string>());
        Assert.Equal("C#", json["metadata"]!["language_info"]!["name"]!.GetValue<string>());
        Assert.Equal("csharp", json["metadata"]!["polyglot_notebook"]!["kernelInfo"]!["defaultKernelName"]!.GetValue<string>());
        var ids = json["cells"]!.AsArray().Select(c => c!["id"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(json["cells"]!.AsArray().Where(c => c!["cell_type"]!.GetValue<string>() == "code"), c =>
        {
            Assert.Equal("csharp", c!["metadata"]!["polyglot_notebook"]!["kernelName"]!.GetValue<string>());
            Assert.Equal("csharp", c["metadata"]!["dotnet_interactive"]!["language"]!.GetValue<string>());
        });
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_is_committed_without_outputs(string name)
        => Assert.All(Code(name), c =>
        {
            Assert.Empty(c.Outputs);
            Assert.Null(c.ExecutionCount);
        });

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Its_first_code_cell_loads_the_library_in_other_hosts(string name)
        => Assert.Equal(File.ReadAllText(Path.Combine(CourseNotebooks.Repository, "tests", "FaceCourse.Studio.Tests", "Notebooks", "first-cell.txt")).TrimEnd(), Code(name)[0].Source.TrimEnd());

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Its_cells_use_nothing_that_only_one_host_knows(string name)
        => Assert.All(Code(name), c => Assert.DoesNotMatch(@"(?m)^using var |\bdisplay\(|\bHTML\(|DotNet\.Interactive|^#!|#r ""nuget", c.Source));

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_has_objectives_a_recap_reading_something_that_breaks_and_three_exercises(string name)
    {
        var document = CourseNotebooks.Load(name);
        var prose = string.Join("\n\n", document.Cells.Where(c => !c.IsCode).Select(c => c.Source));

        Assert.Matches(@"^# \d+ · ", document.Cells[0].Source);
        foreach (var part in new[] { "**When you are done you can**", "What would break this?", "## What you have seen", "**Read more" }) Assert.Contains(part, prose, StringComparison.Ordinal);
        var exercises = Code(name).SelectMany(c => Regex.Matches(c.Source, @"YourTurn\.(\w+)\(").Select(m => m.Groups[1].Value)).ToList();
        Assert.True(exercises.Count >= 3, $"{exercises.Count} exercises: {string.Join(", ", exercises)}");
        Assert.Equal(exercises.Count, exercises.Distinct().Count());
        // Whoever reads the cell must not read the answer: hints and solutions live in the library.
        Assert.All(Code(name), c => Assert.DoesNotContain("Exercise.Named", c.Source, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_ends_with_its_objectives_ticked_off_and_a_link_to_each_paper(string name)
    {
        var document = CourseNotebooks.Load(name);
        string[] Points(string text, string heading, string end) => [.. text[text.IndexOf(heading, StringComparison.Ordinal)..].Split(end)[0].Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal))];
        var last = string.Join("\n\n", document.Cells.Where(c => !c.IsCode).Select(c => c.Source).TakeLast(2));
        var promised = Points(document.Cells[0].Source, "**When you are done you can**", "\n# ");
        var seen = Points(last, "## What you have seen", "**Read more**");
        var papers = Points(last, "**Read more**", "\n\n**");

        Assert.True(promised.Length >= 3 && seen.Length >= promised.Length, $"{promised.Length} objectives, {seen.Length} ticks");
        Assert.All(seen, p => Assert.StartsWith("- ✓ ", p));
        Assert.True(papers.Length >= 3, $"{papers.Length} papers");
        Assert.All(papers, p => Assert.Matches(@"\[\*[^\]]+\*\]\(https?://[^)\s]+\)", p));
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_links_to_the_next_notebook(string name)
    {
        var number = int.Parse(name[..2], System.Globalization.CultureInfo.InvariantCulture);
        var links = Regex.Matches(string.Join('\n', CourseNotebooks.Load(name).Cells.Where(c => !c.IsCode).Select(c => c.Source)), @"\]\(([^)]+\.ipynb)\)").Select(m => m.Groups[1].Value).ToList();
        var course = Quiz.LectureSection.All.Select(s => s.Notebook).Append("12-quiz.ipynb").ToList();

        Assert.All(links, l => Assert.Contains(l, course));
        Assert.Contains(links, l => l.StartsWith($"{(number % 12) + 1:00}-", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_notebook_is_one_of_the_courses_twelve()
        => Assert.Equal(Quiz.LectureSection.All.Select(s => s.Notebook).Append("12-quiz.ipynb").ToHashSet(), CourseNotebooks.Names.Select(n => n + ".ipynb").ToHashSet());

    private static List<NotebookCell> Code(string name) => [.. CourseNotebooks.Load(name).Cells.Where(c => c.IsCode)];
}
