using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Studio.Server;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests.Page;

/// <summary>The course as a student gets it: the real server, the built page and a browser, on notebooks of the tests' own.</summary>
public sealed class ServedCourse : IAsyncLifetime
{
    public const string First = "notebooks/01-first.ipynb";
    public const string Foreign = "notebooks/99-foreign.ipynb";

    private readonly string _folder = Directory.CreateTempSubdirectory("page-").FullName;
    private StudioServer? _server;

    public string Root => Path.Combine(_folder, "course");

    internal StudioServer Server => _server!;

    public static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "FaceCourse.sln"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Root, "notebooks"));
        WriteFirst();
        WriteForeign();
        var second = NotebookDocument.Create();
        second.Add("markdown", "# 2 · The second\n\nNothing much.");
        second.Add("code", "2 + 2");
        second.Save(Path.Combine(Root, "notebooks", "02-second.ipynb"));
        File.Copy(Path.Combine(Repository, "notebooks", "05-face-verification.ipynb"), Path.Combine(Root, "notebooks", "05-face-verification.ipynb"));
        await StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndServerAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts a server on the folder and, if it can, the port.</summary>
    internal async Task StartServerAsync(int? port = null) => _server = await StudioServer.StartAsync(new ServerOptions(Root, port, Warm: false)
    {
        StateFolder = Path.Combine(_folder, "state"),
        QuizFile = Path.Combine(_folder, "quiz.json"),
    });

    internal async Task EndServerAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Where the student's version of a notebook lies.</summary>
    public string CopyOf(string notebook) => Path.Combine(Root, "work", notebook.Replace('/', Path.DirectorySeparatorChar));

    internal async Task<Browser> OpenAsync(string path, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, ReducedMotion motion = ReducedMotion.NoPreference)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(AppContext.BaseDirectory, "page", "dist", "index.html")), "The page was not built (-p:BuildPage=false).");
        // What the test before left in the notebook is not this test's business.
        var copy = CopyOf($"notebooks/{path}.ipynb");
        if (File.Exists(copy)) File.Delete(copy);
        var browser = await Browser.StartAsync(width, height, scheme, motion);
        await browser.Page.GotoAsync(Server.Address.Replace("/?", $"/{path}?", StringComparison.Ordinal));
        if (path.Length > 0) await ReadyAsync(browser);
        else await browser.Page.WaitForSelectorAsync(".fc-cover");
        return browser;
    }

    /// <summary>Goes to a notebook and waits until its kernel is ready.</summary>
    internal async Task GoAsync(Browser browser, string path)
    {
        await browser.Page.GotoAsync($"http://127.0.0.1:{Server.Port}/{path}");
        await ReadyAsync(browser);
    }

    internal static async Task ReadyAsync(Browser browser)
    {
        await browser.Page.WaitForSelectorAsync("html[data-ready]");
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]");
    }

    private void WriteFirst()
    {
        var notebook = NotebookDocument.Create();
        notebook.Add("markdown", "# 1 · The first\n\nThe rule is $d \\le \\tau$, and\n\n$$\nd = \\lVert f(x_1) - f(x_2) \\rVert .\n$$");
        notebook.Add("code", "var x = 20;\nFigure.Of([new { type = \"bar\", y = new[] { 1, 3, 2 } }], new { title = \"Bars\" }, \"Three bars.\")");
        notebook.Add("markdown", "## The slider\n\nMove it.");
        notebook.Add("code", "SimilarityWidgets.ThresholdSlider(new Roc([0.2, 0.3, 0.35, 0.5], [0.4, 0.6, 0.7, 0.9]))");
        notebook.Add("markdown", "## Your turn");
        notebook.Add("code", "var answer = 41;\nExercise.Named(\"answer\", \"Add one.\", \"42\").Check(answer == 42, $\"{answer} is what you said.\")");
        notebook.Add("markdown", "## Long\n\nThis takes its time.");
        notebook.Add("code", "var drawn = SyntheticFaces.Draw(people: 10, picturesEach: 4, size: 32);\nEncoderTraining.Run(SmallEncoder.For(drawn), drawn, null, new TrainingOptions { Steps = 1_000_000, PeoplePerBatch = 5, EvaluateEvery = 1000 });");
        notebook.Add("code", "Console.WriteLine($\"x is {x + 1}\");");
        notebook.Save(Path.Combine(Root, First));
    }

    // Somebody else's notebook, with an output that would run a script.
    private void WriteForeign()
    {
        var notebook = NotebookDocument.Create();
        notebook.Add("markdown", "# A notebook from elsewhere");
        notebook.Add("code", "1");
        var path = Path.Combine(Root, "notebooks", "99-foreign.ipynb");
        notebook.Save(path);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var cell = json["cells"]!.AsArray().Single(c => (string)c!["cell_type"]! == "code")!;
        cell["execution_count"] = 1;
        cell["outputs"] = new JsonArray(new JsonObject
        {
            ["output_type"] = "display_data",
            ["metadata"] = new JsonObject(),
            ["data"] = new JsonObject { ["text/html"] = "<p id=\"foreign\">before</p><script>document.getElementById('foreign').textContent = 'the script ran'; window.foreignRan = true;</script>" },
        });
        File.WriteAllText(path, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
