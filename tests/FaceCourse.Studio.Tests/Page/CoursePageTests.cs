using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests.Page;

/// <summary>What a student does on the page, in a real browser against the real server and its kernels.</summary>
public sealed class CoursePageTests(ServedCourse course) : IClassFixture<ServedCourse>
{
    private const int LongMs = 60_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_visit_shows_the_cover_and_leads_into_the_first_notebook()
    {
        await using var browser = await course.OpenAsync("");
        Assert.Equal("Face recognition", await browser.Page.Locator("h1").InnerTextAsync());
        Assert.True(await browser.Page.Locator(".fc-card").CountAsync() >= 3);

        await browser.Page.Locator(".fc-card").First.ClickAsync();
        await ServedCourse.ReadyAsync(browser);

        Assert.Equal("The first", (await browser.Page.Locator(".fc-map-link[aria-current=page] .fc-map-name").InnerTextAsync()).Trim());
        Assert.True(await browser.Page.Locator(".jp-RenderedMarkdown .katex").CountAsync() >= 2, "formulas are typeset");
        Assert.DoesNotContain("token", browser.Page.Url, StringComparison.Ordinal);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_cell_runs_from_its_button_and_shows_a_chart()
    {
        await using var browser = await course.OpenAsync("01-first");
        await RunCellAsync(browser, 0);
        await browser.Page.WaitForSelectorAsync(".fc-chart[data-drawn=true] .barlayer path", new() { Timeout = LongMs });

        Assert.Equal("Three bars.", await browser.Page.Locator(".fc-chart").GetAttributeAsync("aria-label"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task The_threshold_slider_moves_by_keyboard_and_does_not_select_other_cells()
    {
        await using var browser = await course.OpenAsync("01-first");
        await RunCellAsync(browser, 1);
        var slider = browser.Page.Locator(".jp-OutputArea-output input[type=range]").First;
        await slider.WaitForAsync(new() { Timeout = LongMs });
        var output = browser.Page.Locator(".jp-OutputArea-output:has(input[type=range])").First;
        var before = await output.InnerTextAsync();
        await slider.FocusAsync();
        var active = await ActiveCellAsync(browser);
        for (var i = 0; i < 15; i++) await browser.Page.Keyboard.PressAsync("ArrowRight");

        Assert.NotEqual(before, await output.InnerTextAsync());
        Assert.Equal(active, await ActiveCellAsync(browser));
    }

    [Fact]
    public async Task Work_is_saved_by_itself_and_there_after_a_reload_with_its_progress()
    {
        await using var browser = await course.OpenAsync("02-second");
        await EditAsync(browser, 0, "6 * 7");
        await browser.Page.Keyboard.PressAsync("Shift+Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "42" }).WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = LongMs });
        Assert.Contains("6 * 7", await File.ReadAllTextAsync(course.CopyOf("notebooks/02-second.ipynb"), Cancelled));

        await browser.Page.ReloadAsync();
        await ServedCourse.ReadyAsync(browser);

        Assert.Contains("42", await browser.Page.Locator(".jp-OutputArea-output").First.InnerTextAsync());
        Assert.Contains("1 of 1 cells run", await browser.Page.Locator(".fc-map-link[aria-current=page]").GetAttributeAsync("title"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task An_exercise_that_is_right_is_ticked_and_stays_so()
    {
        await using var browser = await course.OpenAsync("01-first");
        await RunCellAsync(browser, 2);
        await browser.Page.WaitForSelectorAsync(".fc-lines .fc-tried", new() { Timeout = LongMs });
        await EditAsync(browser, 2, "var answer = 42;\nExercise.Named(\"answer\", \"Add one.\", \"42\").Check(answer == 42, $\"{answer} is what you said.\")");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.WaitForSelectorAsync(".fc-lines .fc-right", new() { Timeout = LongMs });
        await browser.Page.WaitForTimeoutAsync(800);
        await browser.Page.ReloadAsync();
        await ServedCourse.ReadyAsync(browser);

        Assert.Equal(1, await browser.Page.Locator(".fc-lines .fc-right").CountAsync());
    }

    [Fact]
    public async Task Three_questions_are_answered_and_the_score_outlives_the_browser()
    {
        await using (var browser = await course.OpenAsync("05-face-verification"))
        {
            await browser.Page.WaitForSelectorAsync(".fc-question");
            Assert.Contains("0 of 20", await browser.Page.Locator(".fc-quiz h2").InnerTextAsync());
        }

        var right = 0;
        foreach (var (notebook, choice) in new[] { ("01-first", 0), ("02-second", 1), ("05-face-verification", 0) })
        {
            await using var browser = await course.OpenAsync(notebook);
            await browser.Page.WaitForSelectorAsync(".fc-question");
            await browser.Page.Locator(".fc-question input").Nth(choice).CheckAsync();
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
            var verdict = await browser.Page.Locator(".fc-verdict").InnerTextAsync();
            Assert.Matches("✓ Right|✗ Not yet", verdict);
            if (verdict.Contains('✓', StringComparison.Ordinal)) right++;
            await browser.Page.WaitForTimeoutAsync(300);
        }

        await using var again = await course.OpenAsync("05-face-verification");
        await again.Page.WaitForSelectorAsync(".fc-question");
        Assert.True(right >= 1);
        Assert.Contains($"{right} of 20", await again.Page.Locator(".fc-quiz h2").InnerTextAsync());
        Assert.Contains($"quiz {right} of 20", await again.Page.Locator(".fc-map-total").InnerTextAsync());
    }

    [Fact]
    public async Task A_long_cell_is_interrupted_and_the_variables_stay_and_a_restart_forgets_them()
    {
        await using var browser = await course.OpenAsync("01-first");
        await RunCellAsync(browser, 0);
        await browser.Page.WaitForSelectorAsync(".fc-chart[data-drawn=true]", new() { Timeout = LongMs });
        await RunCellAsync(browser, 3);
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=busy]", new() { Timeout = LongMs });
        await browser.Page.WaitForTimeoutAsync(700);
        await browser.Page.Locator(".fc-interrupt").ClickAsync();
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]", new() { Timeout = 10_000 });
        await RunCellAsync(browser, 4);
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "x is 21" }).WaitForAsync(new() { Timeout = LongMs });

        await browser.Page.Locator(".fc-restart").ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Restart", Exact = true }).ClickAsync();
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]", new() { Timeout = LongMs });
        await RunCellAsync(browser, 4);
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "CS0103" }).WaitForAsync(new() { Timeout = LongMs });
        Assert.Equal(1, await browser.Page.Locator("[data-mime-type='application/vnd.jupyter.error']", new() { HasText = "CS0103" }).CountAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_reset_brings_the_original_back()
    {
        await using var browser = await course.OpenAsync("02-second");
        await EditAsync(browser, 0, "\"mine\"");
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = LongMs });
        await browser.Page.Locator(".fc-reset").ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Reset", Exact = true }).ClickAsync();
        await browser.Page.Locator(".fc-banner", new() { HasText = "The original is back" }).WaitForAsync(new() { Timeout = LongMs });

        Assert.Equal("2 + 2", (await browser.Page.Locator(".jp-CodeCell .cm-content").First.InnerTextAsync()).Trim());
        Assert.False(File.Exists(course.CopyOf("notebooks/02-second.ipynb")));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Opening_a_notebook_is_no_change_to_it()
    {
        await using var browser = await course.OpenAsync("05-face-verification");
        // Saving by hand writes what an autosave would: what has changed, which is nothing.
        await browser.Page.Keyboard.PressAsync("Control+s");
        await browser.Page.WaitForTimeoutAsync(300);

        Assert.False(File.Exists(course.CopyOf("notebooks/05-face-verification.ipynb")));
    }

    [Fact]
    public async Task A_page_that_loses_the_server_says_so_keeps_the_work_and_saves_it_when_it_is_back()
    {
        await using var browser = await course.OpenAsync("02-second");
        await browser.Page.Context.SetOfflineAsync(true);
        await EditAsync(browser, 0, "\"written while offline\"");
        await browser.Page.Locator(".fc-banner[data-notice=server]").WaitForAsync(new() { Timeout = 15_000 });
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Not saved'", null, new() { Timeout = 15_000 });

        await browser.Page.Context.SetOfflineAsync(false);
        await browser.Page.Locator(".fc-banner").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 20_000 });
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 15_000 });

        Assert.Contains("written while offline", await File.ReadAllTextAsync(course.CopyOf("notebooks/02-second.ipynb"), Cancelled));
    }

    [Fact]
    public async Task Changes_that_never_reached_the_server_are_offered_when_the_notebook_is_opened_again()
    {
        await using var browser = await course.OpenAsync("02-second");
        await browser.Page.Context.SetOfflineAsync(true);
        await EditAsync(browser, 0, "\"written and lost\"");
        await browser.Page.Keyboard.PressAsync("Escape");
        await browser.Page.Keyboard.PressAsync("b");
        await EditAsync(browser, 1, "\"a cell of my own\"");
        await browser.Page.EvaluateAsync("location.href = 'about:blank'");
        await browser.Page.Context.SetOfflineAsync(false);
        await course.GoAsync(browser, "02-second");
        Assert.Equal("2 + 2", (await browser.Page.Locator(".jp-CodeCell .cm-content").First.InnerTextAsync()).Trim());

        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Bring them back" }).ClickAsync();
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 15_000 });

        var saved = await File.ReadAllTextAsync(course.CopyOf("notebooks/02-second.ipynb"), Cancelled);
        Assert.Contains("written and lost", saved);
        Assert.Contains("a cell of my own", saved);
        Assert.Equal(0, await browser.Page.Locator(".fc-banner").CountAsync());
    }

    [Fact]
    public async Task Two_windows_on_one_notebook_ask_which_version_to_keep()
    {
        await using var first = await course.OpenAsync("02-second");
        var second = await first.Page.Context.NewPageAsync();
        await second.GotoAsync(first.Page.Url);
        await second.WaitForSelectorAsync("html[data-ready]");
        await second.Locator(".jp-CodeCell .cm-content").First.ClickAsync();
        await second.Keyboard.InsertTextAsync("/* second */ ");
        await second.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 15_000 });

        await first.Page.BringToFrontAsync();
        await EditAsync(first, 0, "\"first\"");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Keep this one" }).ClickAsync();
        await first.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 15_000 });
        var kept = await File.ReadAllTextAsync(course.CopyOf("notebooks/02-second.ipynb"), Cancelled);
        Assert.Contains("first", kept);
        Assert.DoesNotContain("second */", kept);

        await second.BringToFrontAsync();
        await second.Keyboard.InsertTextAsync("/* again */ ");
        await second.GetByRole(AriaRole.Button, new() { Name = "Take the other" }).ClickAsync();
        await second.WaitForFunctionAsync("document.querySelector('.jp-CodeCell .cm-content').textContent.includes('first')");
    }

    [Fact]
    public async Task A_cell_that_asks_gets_its_answer_from_the_keyboard()
    {
        await using var browser = await course.OpenAsync("02-second");
        await EditAsync(browser, 0, "\"You said \" + Console.ReadLine()");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".jp-Stdin-input").WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.Locator(".jp-Stdin-input").FillAsync("dabba");
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "You said dabba" }).WaitForAsync(new() { Timeout = LongMs });
    }

    [Fact]
    public async Task A_kernel_that_dies_is_told_of_and_started_again()
    {
        await using var browser = await course.OpenAsync("01-first");
        await EditAsync(browser, 4, "Environment.FailFast(\"on purpose\");");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".fc-banner[data-notice=kernel]").WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]", new() { Timeout = LongMs });
        await EditAsync(browser, 4, "1234 + 1");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "1235" }).WaitForAsync(new() { Timeout = LongMs });
    }

    [Fact]
    public async Task A_cell_that_cannot_be_stopped_costs_the_variables_and_not_the_notebook()
    {
        await using var browser = await course.OpenAsync("02-second");
        await EditAsync(browser, 0, "Console.WriteLine(\"it \" + \"runs\"); System.Text.RegularExpressions.Regex.IsMatch(new string('a', 60) + \"!\", \"^(a+)+$\")");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        // A kernel is busy with a completion too; what is stopped has to have begun.
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "it runs" }).WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.Locator(".fc-interrupt").ClickAsync();
        await browser.Page.Locator(".fc-banner[data-notice=kernel]", new() { HasText = "variables are gone" }).WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]", new() { Timeout = LongMs });
        await EditAsync(browser, 0, "7 * 191");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "1337" }).WaitForAsync(new() { Timeout = LongMs });
    }

    [Fact]
    public async Task A_kernel_that_was_stopped_from_another_window_is_started_again_from_the_notice()
    {
        await using var browser = await course.OpenAsync("02-second");
        var kernel = course.Server.Kernels.All.Single(k => k.Notebook == "notebooks/02-second.ipynb");
        await course.Server.Kernels.ShutDownAsync(kernel.Id);
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Restart the kernel", Exact = true }).ClickAsync();
        await browser.Page.WaitForSelectorAsync(".fc-kernel[data-state=idle]", new() { Timeout = LongMs });
        await EditAsync(browser, 0, "321 + 1");
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "322" }).WaitForAsync(new() { Timeout = LongMs });
        Assert.Equal(0, await browser.Page.Locator(".fc-banner").CountAsync());
    }

    [Fact]
    public async Task A_page_that_stayed_open_goes_on_when_the_course_was_ended_and_started_anew()
    {
        await using var browser = await course.OpenAsync("02-second");
        var port = course.Server.Port;
        await course.EndServerAsync();
        await EditAsync(browser, 0, "\"written meanwhile\"");
        await browser.Page.Locator(".fc-banner[data-notice=server]").WaitForAsync(new() { Timeout = 15_000 });
        await course.StartServerAsync(port);
        Assert.Equal(port, course.Server.Port);

        // The terminal opens another window, whose cookie lets this one in too.
        var second = await browser.Page.Context.NewPageAsync();
        await second.GotoAsync(course.Server.Address);
        await second.CloseAsync();
        await browser.Page.Locator(".fc-banner[data-notice=kernel]", new() { HasText = "started anew" }).WaitForAsync(new() { Timeout = LongMs });
        await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-saved').textContent === 'Saved'", null, new() { Timeout = 15_000 });
        Assert.Contains("written meanwhile", await File.ReadAllTextAsync(course.CopyOf("notebooks/02-second.ipynb"), Cancelled));

        await browser.Page.Locator(".jp-CodeCell .cm-content").First.ClickAsync();
        await browser.Page.Keyboard.PressAsync("Control+Enter");
        await browser.Page.Locator(".jp-OutputArea-output", new() { HasText = "written meanwhile" }).WaitForAsync(new() { Timeout = LongMs });
    }

    [Fact]
    public async Task A_notebook_from_elsewhere_runs_no_script_until_it_is_trusted()
    {
        await using var browser = await course.OpenAsync("");
        await File.WriteAllTextAsync(MakeCopyForeign(), await File.ReadAllTextAsync(Path.Combine(course.Root, ServedCourse.Foreign), Cancelled), Cancelled);
        await course.GoAsync(browser, "99-foreign");
        await browser.Page.Locator(".fc-banner[data-notice=trust]").WaitForAsync();
        Assert.Equal("before", await browser.Page.Locator(".jp-OutputArea-output p").First.InnerTextAsync());
        Assert.False(await browser.Page.EvaluateAsync<bool>("!!window.foreignRan"));

        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Trust and run its scripts" }).ClickAsync();
        await browser.Page.WaitForFunctionAsync("window.foreignRan === true");
        await browser.Page.ReloadAsync();
        await ServedCourse.ReadyAsync(browser);
        await browser.Page.WaitForFunctionAsync("window.foreignRan === true");

        Assert.Equal(0, await browser.Page.Locator(".fc-banner").CountAsync());
    }

    [Fact]
    public async Task A_notebook_that_does_not_exist_is_said_to_be_missing()
    {
        await using var browser = await course.OpenAsync("");
        await browser.Page.GotoAsync($"http://127.0.0.1:{course.Server.Port}/77-nothing");
        await browser.Page.Locator("h1", new() { HasText = "There is no such notebook" }).WaitForAsync();
    }

    [Fact]
    public async Task Completion_offers_members_and_takes_one_by_keyboard()
    {
        await using var browser = await course.OpenAsync("02-second");
        await EditAsync(browser, 0, "Math.Sqr");
        await browser.Page.Keyboard.PressAsync("Tab");
        await browser.Page.Locator(".jp-Completer-item, .cm-line", new() { HasText = "Sqrt" }).First.WaitForAsync(new() { Timeout = LongMs });
        if (await browser.Page.Locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item").CountAsync() > 0) await browser.Page.Keyboard.PressAsync("Enter");

        await browser.Page.WaitForFunctionAsync("document.querySelector('.jp-CodeCell .cm-content').textContent.includes('Math.Sqrt')");
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_it_is_chosen()
    {
        await using var browser = await course.OpenAsync("", scheme: ColorScheme.Dark);
        Assert.Equal("dark", await ThemeAsync(browser));
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Dark or light (T)" }).ClickAsync();
        Assert.Equal("light", await ThemeAsync(browser));
        await browser.Page.ReloadAsync();
        Assert.Equal("light", await ThemeAsync(browser));
    }

    private string MakeCopyForeign()
    {
        var copy = course.CopyOf(ServedCourse.Foreign);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        // The original is the course's own, as far as this folder knows; somebody put another one in the student's place.
        return copy;
    }

    private static Task<string> ThemeAsync(Browser browser) => browser.Page.EvaluateAsync<string>("document.documentElement.dataset.theme");

    private static Task<int> ActiveCellAsync(Browser browser) => browser.Page.EvaluateAsync<int>("[...document.querySelectorAll('.jp-Cell')].findIndex(c => c.classList.contains('jp-mod-active'))");

    private static Task RunCellAsync(Browser browser, int codeCell) => browser.Page.Locator(".jp-CodeCell").Nth(codeCell).Locator(".fc-run").ClickAsync();

    private static async Task EditAsync(Browser browser, int codeCell, string code)
    {
        await browser.Page.Locator(".jp-CodeCell").Nth(codeCell).Locator(".cm-content").ClickAsync();
        await browser.Page.Keyboard.PressAsync("Control+A");
        await browser.Page.Keyboard.InsertTextAsync(code);
    }
}
