using System.Diagnostics;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.TestSupport;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>The kernel in Jupyter Notebook: its page in a real browser, and the client library that JupyterLab is built on.</summary>
public sealed class JupyterTests(JupyterServer server) : IClassFixture<JupyterServer>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task A_notebook_runs_completes_interrupts_and_restarts_in_Jupyter_Notebook()
    {
        await server.ReadyAsync();
        Write("lesson.ipynb",
            "DistanceCharts.Histogram([0.21, 0.28, 0.33, 0.41], [0.58, 0.66, 0.71, 0.83], 0.5)",
            "var bar = \"0 %\".Display();\nfor (var i = 10; i <= 100; i += 10) { await Task.Delay(120); bar.Update($\"{i} %\"); }",
            "var squares = Enumerable.Range(1, 5).Select(n => n * n).ToArray();\nsquares.Sum()",
            "");
        await using var browser = await Browser.StartAsync(1200, 1500);
        var page = browser.Page;
        await page.GotoAsync($"{server.Address}notebooks/lesson.ipynb?token={server.Token}");
        await Idle(page);

        // Every text the second cell's output ever showed.
        await page.EvaluateAsync("""
            () => {
              window.seen = [];
              new MutationObserver(() => {
                const text = document.querySelectorAll('.cell')[1].querySelector('.output_area')?.innerText.trim();
                if (text && window.seen.at(-1) !== text) window.seen.push(text);
              }).observe(document.body, { subtree: true, childList: true, characterData: true });
            }
            """);
        await page.Locator("#celllink").ClickAsync();
        await page.Locator("#run_all_cells").ClickAsync();
        await page.WaitForFunctionAsync("() => window.seen.at(-1) === '100 %'", null, new() { Timeout = 60_000 });
        var moving = await page.EvaluateAsync<string[]>("window.seen");
        Assert.True(moving.Count(t => t.EndsWith('%')) >= 4, $"the bar showed {string.Join(", ", moving)}");
        var progress = page.Locator(".cell").Nth(1).Locator(".output_area");
        Assert.Equal(1, await progress.CountAsync());
        await Assertions.Expect(page.Locator(".cell").Nth(0).Locator("[data-drawn=true] .barlayer .point").First).ToBeVisibleAsync(Patient);
        await Assertions.Expect(page.Locator(".cell").Nth(2).Locator(".output_subarea")).ToHaveTextAsync("55", new() { Timeout = 60_000 });
        await ScreenshotAsync(page, "jupyter-run");

        await TypeIntoAsync(page, 3, "squares.Whe");
        await page.Keyboard.PressAsync("Tab");
        await page.WaitForFunctionAsync("() => { const cell = document.querySelectorAll('.cell')[3]; return cell.querySelector('.CodeMirror').CodeMirror.getValue().includes('squares.Where') || !!document.querySelector('.completions'); }");
        await page.Keyboard.PressAsync("Escape");

        await TypeIntoAsync(page, 3, "while (true) { }");
        await page.Locator("button[data-jupyter-action='jupyter-notebook:run-cell-and-select-next']").ClickAsync();
        await Assertions.Expect(page.Locator("#kernel_indicator_icon.kernel_busy_icon")).ToBeVisibleAsync(Patient);
        await page.Locator("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").ClickAsync();
        await Assertions.Expect(page.Locator(".cell").Nth(3).Locator(".output_error")).ToContainTextAsync("interrupt", new() { IgnoreCase = true, Timeout = 60_000 });
        await ScreenshotAsync(page, "jupyter-interrupted");

        await page.Locator("button[data-jupyter-action='jupyter-notebook:confirm-restart-kernel']").ClickAsync();
        await page.Locator(".modal-footer .btn-danger").ClickAsync();
        await Idle(page);
        await TypeIntoAsync(page, 3, "squares.Length");
        await page.Locator("button[data-jupyter-action='jupyter-notebook:run-cell-and-select-next']").ClickAsync();
        await Assertions.Expect(page.Locator(".cell").Nth(3).Locator(".output_error")).ToContainTextAsync("squares", new() { Timeout = 60_000 });
        await ScreenshotAsync(page, "jupyter-restarted");
    }

    [Fact]
    public async Task JupyterLabs_client_library_runs_cells_through_a_server()
    {
        await server.ReadyAsync();
        var scripts = Path.Combine(AppContext.BaseDirectory, "js");
        var packages = await NpmFolder.RestoreAsync(scripts, "JupyterLab's client library");

        var start = new ProcessStartInfo("node", [Path.Combine(scripts, "execute.mjs"), server.Address, server.Token, ".net-csharp"])
        {
            WorkingDirectory = packages, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        var answer = JsonNode.Parse((await output).TrimEnd().Split('\n')[^1])!; // the library logs before it

        Assert.Equal("C#", (string?)answer["language"]);
        Assert.Equal("adding\n", (string?)answer["sum"]!["stdout"]);
        Assert.Equal("5050", (string?)answer["sum"]!["data"]!["text/plain"]);
        Assert.Equal("5051", (string?)answer["state"]!["data"]!["text/plain"]);
        Assert.Contains("Ada", (string?)answer["input"]!["data"]!["text/plain"]);
        Assert.Equal("error", (string?)answer["failure"]!["status"]);
        Assert.Contains("Nothing", (string?)answer["failure"]!["error"]);
        Assert.Contains("Sqrt", answer["completion"]!.AsArray().Select(m => (string?)m));
        Assert.Equal("error", (string?)answer["interrupted"]!["status"]);
        Assert.Equal("error", (string?)answer["afterRestart"]!["status"]);
        Assert.Equal("42", (string?)answer["alive"]!["data"]!["text/plain"]);
    }

    private void Write(string name, params string[] cells)
    {
        var document = NotebookDocument.Create();
        foreach (var cell in cells) document.Add("code", cell);
        document.Save(Path.Combine(server.Folder, name));
    }

    private static Task Idle(IPage page) => Assertions.Expect(page.Locator("#kernel_indicator_icon.kernel_idle_icon")).ToBeVisibleAsync(Patient);

    private static async Task TypeIntoAsync(IPage page, int cell, string code)
    {
        await page.Locator(".cell").Nth(cell).Locator(".CodeMirror").ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(code);
    }

    // Pictures for whoever wants to look, where FACECOURSE_SCREENSHOTS names a folder.
    private static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FACECOURSE_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }
}
