using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>The <c>run</c> command as a student starts it: another process, its exit code, what it prints and writes.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_notebook_is_executed_and_written_with_its_outputs()
    {
        var (code, printed) = await Course.RunAsync("run", Notebook("good", "var x = 20;", "x + 1"), "--html", _folder);

        Assert.True(code == 0, printed);
        Assert.Contains("✓ 2/2 x + 1", printed);
        var cells = Executed("good")["cells"]!.AsArray();
        Assert.Equal(2, cells[1]!["execution_count"]!.GetValue<int>());
        Assert.Contains("21", cells[1]!["outputs"]![0]!["data"]!.ToJsonString());
        Assert.Contains("21", File.ReadAllText(Path.Combine(_folder, "good.html")));
    }

    [Fact]
    public async Task A_cell_that_throws_is_shown_with_its_line_and_the_exit_code_says_so()
    {
        var (code, printed) = await Course.RunAsync("run", Notebook("throws", "var a = 1;\nthrow new InvalidOperationException(\"no face here\");", "\"never\""), "--html", _folder);

        Assert.Equal(1, code);
        Assert.Contains("no face here", printed);
        Assert.Contains("line 2", printed);
        Assert.DoesNotContain("2/2", printed);
        Assert.Equal("error", Executed("throws")["cells"]![0]!["outputs"]![0]!["output_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cell_that_never_ends_is_stopped_at_the_time_limit()
    {
        var (code, printed) = await Course.RunAsync("run", Notebook("endless", "while (true) { }"), "--html", _folder, "--cell-timeout", "2");

        Assert.Equal(1, code);
        Assert.Contains("✗ 1/1", printed);
        Assert.True(File.Exists(Path.Combine(_folder, "endless.ipynb")), "what ran is written all the same");
    }

    [Fact]
    public async Task A_painting_that_is_interrupted_keeps_its_best_picture_and_the_cell_goes_on()
    {
        const string cell = """
            var p = StyleTransfer.Paint(CourseNet.Load(), GeneratedStyles.Woodcut(64), GeneratedStyles.Mosaic(64), new() { Size = 64, Steps = 1_000_000, Optimizer = PixelOptimizer.Adam });
            Console.WriteLine($"{p.Stopped} {p.Picture.isfinite().all().item<bool>()}");
            """;

        var (code, printed) = await Course.RunAsync("run", Notebook("painting", cell), "--output", _folder, "--cell-timeout", "5");

        Assert.True(code == 0, printed);
        var shown = Executed("painting")["cells"]![0]!["outputs"]!.ToJsonString();
        Assert.Contains("Cancelled after", shown);
        Assert.Contains("True", shown);
    }

    [Fact]
    public async Task A_file_that_is_not_JSON_gives_one_sentence_and_the_next_notebook_still_runs()
    {
        File.WriteAllText(Path.Combine(_folder, "a.ipynb"), "this is a letter, not a notebook");
        Notebook("b", "1 + 1");
        var (code, printed) = await Course.RunAsync("run", _folder, "--output", Path.Combine(_folder, "out"));

        Assert.Equal(2, code);
        Assert.Contains("✗", printed);
        Assert.Contains("a.ipynb", printed);
        Assert.Contains("✓ 1/1 1 + 1", printed);
    }

    [Fact]
    public async Task A_folder_without_notebooks_two_of_one_name_and_a_place_that_cannot_be_written_are_refused()
    {
        var file = Notebook("same", "1");
        Directory.CreateDirectory(Path.Combine(_folder, "other"));
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        var copy = Path.Combine(_folder, "other", "same.ipynb");
        File.Copy(file, copy);

        Assert.Equal((2, true), await Refused("There is no notebook", Path.Combine(_folder, "empty")));
        Assert.Equal((2, true), await Refused("have the same name", file, copy));
        Assert.Equal((2, true), await Refused("cannot be written", file, "--output", file));
        Assert.Equal((1, true), await Refused("a number of seconds", file, "--cell-timeout", "-5"));

        async Task<(int, bool)> Refused(string why, params string[] arguments)
        {
            var (code, printed) = await Course.RunAsync(["run", .. arguments]);
            return (code, string.Join(' ', printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Contains(why, StringComparison.Ordinal) && !printed.Contains("   at ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_notebook_that_is_not_there_is_named()
    {
        var (code, printed) = await Course.RunAsync("run", Path.Combine(_folder, "nowhere.ipynb"));

        Assert.NotEqual(0, code);
        Assert.Contains("nowhere.ipynb", printed);
    }

    [Fact]
    public async Task The_doctor_says_what_is_found()
    {
        var (code, printed) = await Course.RunAsync("doctor");

        Assert.True(code == 0, printed);
        foreach (var name in new[] { ".NET SDK", "Node", "libtorch", "Device", "Cache", "Mirror", "Weights and photos" }) Assert.Contains($"{name}:", printed);
        Assert.Contains("Ready.", printed);
    }

    [Fact]
    public async Task The_doctor_names_a_remedy_for_what_is_missing()
    {
        var (code, printed) = await Course.RunAsync(new Dictionary<string, string> { ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath!)!, ["FACECOURSE_CACHE"] = "/proc/nowhere" }, "doctor");

        Assert.Equal(1, code);
        Assert.Contains("→ Install Node", printed);
        Assert.Contains("→ Set FACECOURSE_CACHE", printed);
    }

    private string Notebook(string name, params string[] cells)
    {
        var file = Path.Combine(_folder, $"{name}.ipynb");
        var json = new JsonObject
        {
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
            ["metadata"] = new JsonObject(),
            ["cells"] = new JsonArray([.. cells.Select((c, i) => new JsonObject
            {
                ["cell_type"] = "code", ["id"] = $"c{i}", ["metadata"] = new JsonObject(), ["execution_count"] = null, ["outputs"] = new JsonArray(), ["source"] = c,
            })]),
        };
        File.WriteAllText(file, json.ToJsonString());
        return file;
    }

    private JsonObject Executed(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, $"{name}.ipynb")))!.AsObject();
}

/// <summary>The <c>course</c> program in a process of its own.</summary>
internal static class Course
{
    public static Task<(int Code, string Printed)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static async Task<(int Code, string Printed)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "course.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
