using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.TestSupport;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>Every notebook from the first cell to the last, and the page that comes of it. Each is run once.</summary>
public sealed class EveryNotebookTests
{
    /// <summary>90 s on two cores; counted as processor time, so that a busy machine does not fail a quick notebook.</summary>
    private static readonly TimeSpan MostCpu = TimeSpan.FromSeconds(180);

    private const long MostMemory = 6L << 30;

    public static TheoryData<string> Notebooks => CourseNotebooks.Rows();

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task It_runs_without_an_error_within_its_time_and_memory(string name)
    {
        var run = await CourseNotebooks.RunAsync(name);
        Assert.True(run.ExitCode == 0, run.Printed);
        var code = NotebookDocument.Load(run.File).Cells.Where(c => c.IsCode).ToList();

        Assert.All(code, c =>
        {
            Assert.NotNull(c.ExecutionCount);
            Assert.DoesNotContain(c.Outputs, o => o!["output_type"]!.GetValue<string>() == "error");
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {run.Elapsed.TotalSeconds:0} s by the clock, {run.Cpu.TotalSeconds:0} s of processor time, {run.Memory >> 20} MB");
        Assert.True(run.Cpu < MostCpu, $"{run.Cpu.TotalSeconds:0} s of processor time");
        Assert.True(run.Memory < MostMemory, $"{run.Memory >> 20} MB");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task No_cell_prints_more_than_a_screenful(string name)
    {
        var run = await CourseNotebooks.RunAsync(name);
        Assert.All(NotebookDocument.Load(run.File).Cells.Where(c => c.IsCode), c =>
        {
            var text = string.Concat(c.Outputs.Where(o => o!["output_type"]!.GetValue<string>() == "stream").Select(o => Text(o!["text"])));
            Assert.True(text.Count(ch => ch == '\n') <= 40 && text.Length <= 6000, $"cell {c.Id} prints {text.Count(ch => ch == '\n')} lines, {text.Length} characters");
        });
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task An_exercise_left_untouched_says_not_yet(string name)
    {
        var run = await CourseNotebooks.RunAsync(name);
        var exercises = NotebookDocument.Load(run.File).Cells.Where(c => c.IsCode && c.Source.Contains("YourTurn.", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(exercises);
        Assert.All(exercises, c => Assert.Contains("Not yet", c.Outputs.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task The_executed_notebook_validates_against_the_nbformat_schema(string name)
    {
        var python = Python.Skip("nbformat");
        var run = await CourseNotebooks.RunAsync(name);
        var (code, text) = await Python.RunAsync(python, ["-c", "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))", run.File], TestContext.Current.CancellationToken);

        Assert.True(code == 0, text);
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task Its_page_draws_offline_with_an_empty_console_and_words_for_every_picture(string name)
    {
        var run = await CourseNotebooks.RunAsync(name);
        await using var browser = await Browser.StartAsync(width: 1100);
        await browser.Page.GotoAsync(new Uri(run.Page).AbsoluteUri);
        var charts = await browser.Page.Locator(".course-chart").CountAsync();
        await browser.Page.WaitForFunctionAsync($"document.querySelectorAll('.course-chart[data-drawn=true]').length === {charts}");

        Assert.True(charts + await browser.Page.Locator("img, svg, [role=group]").CountAsync() > 0, "nothing to look at");
        Assert.Equal(0, await browser.Page.Locator("img:not([alt]), img[alt='']").CountAsync());
        Assert.Empty(browser.Errors);
        await Shots.TakeAsync(browser.Page, name);
    }

    private static string Text(JsonNode? node) => node is JsonArray lines ? string.Concat(lines.Select(l => l!.GetValue<string>())) : node?.GetValue<string>() ?? "";
}

/// <summary>Screenshots for whoever wants to look: kept where FACECOURSE_SCREENSHOTS says, if it does.</summary>
internal static class Shots
{
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FACECOURSE_SCREENSHOTS") is not { Length: > 0 } folder) return;
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.WaitForTimeoutAsync(500);   // the charts are redrawn
            await page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(folder, $"{name}-{scheme}.png".ToLowerInvariant()) });
        }
    }
}
