using System.Diagnostics;
using System.Text.Json.Nodes;
using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>Notebook 05 from the first cell to the last, on the real photographs, and the page that comes of it.</summary>
public sealed class FaceVerificationNotebookTests : IClassFixture<FaceVerificationNotebookTests.Executed>
{
    private readonly Executed _executed;

    public FaceVerificationNotebookTests(Executed executed) => _executed = executed;

    [Fact]
    public async Task Every_cell_runs_and_none_fails()
    {
        var folder = await _executed.FolderAsync();
        var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Executed.Name + ".ipynb")))!;
        var code = notebook["cells"]!.AsArray().Where(c => c!["cell_type"]!.GetValue<string>() == "code").ToList();

        Assert.True(code.Count >= 10);
        Assert.All(code, cell =>
        {
            Assert.NotNull(cell!["execution_count"]);
            Assert.DoesNotContain(cell["outputs"]!.AsArray(), o => o!["output_type"]!.GetValue<string>() == "error");
        });
    }

    [Fact]
    public async Task The_executed_notebook_keeps_the_metadata_that_VS_Code_writes()
    {
        var folder = await _executed.FolderAsync();
        var metadata = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Executed.Name + ".ipynb")))!["metadata"]!;

        Assert.Equal(".net-csharp", metadata["kernelspec"]!["name"]!.GetValue<string>());
        Assert.Equal("C#", metadata["language_info"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_executed_notebook_validates_against_the_nbformat_schema()
    {
        var folder = await _executed.FolderAsync();
        const string script = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))";
        using var python = Start("/usr/bin/python3", "-c", "import nbformat");
        Assert.SkipWhen(python is null || python.ExitCode != 0, "Python's nbformat is not on this machine (Debian: apt-get install python3-nbformat).");

        using var check = Start("/usr/bin/python3", "-c", script, Path.Combine(folder, Executed.Name + ".ipynb"))!;
        Assert.True(check.ExitCode == 0, check.StandardError.ReadToEnd());
    }

    [Fact]
    public async Task The_page_shows_its_charts_offline_with_an_empty_console()
    {
        var folder = await _executed.FolderAsync();
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(new Uri(Path.Combine(folder, Executed.Name + ".html")).AbsoluteUri);
        var plots = await browser.Page.Locator(".course-chart").CountAsync();
        await browser.Page.WaitForFunctionAsync($"document.querySelectorAll('.course-chart[data-drawn=true]').length === {plots}");

        Assert.True(plots >= 4, $"{plots} charts");
        Assert.True(await browser.Page.Locator(".course-chart .heatmaplayer image").First.IsVisibleAsync());
        Assert.True(await browser.Page.Locator(".course-chart .layer-above image, .course-chart .imagelayer image").CountAsync() >= 40, "faces beside rows and columns");
        Assert.Equal(0, await browser.Page.Locator("img:not([alt]), img[alt='']").CountAsync());
        Assert.Empty(browser.Errors);
    }

    private static Process? Start(string program, params string[] arguments)
    {
        if (!File.Exists(program)) return null;
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process;
    }

    /// <summary>Runs the notebook once, for the first test that asks; skips where the weights are not to be had.</summary>
    public sealed class Executed : IDisposable
    {
        public const string Name = "05-face-verification";

        private readonly string _folder = Directory.CreateTempSubdirectory("notebook-").FullName;
        private readonly Lazy<Task<string>> _run;

        public Executed() => _run = new(RunAsync);

        internal Task<string> FolderAsync() => _run.Value;

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private async Task<string> RunAsync()
        {
            try
            {
                AssetStore.Default.Get("face-api/model/face_recognition_model.bin");
            }
            catch (AssetException e)
            {
                Assert.Skip(e.Message);
            }

            var (code, printed) = await Course.RunAsync("run", Path.Combine(Repository(), "notebooks", $"{Name}.ipynb"), "--html", _folder);
            Assert.True(code == 0, printed);
            return _folder;
        }

        private static string Repository()
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "FaceCourse.sln"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }
}
