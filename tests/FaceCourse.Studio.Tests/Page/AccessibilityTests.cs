using System.Text.Json;
using FaceCourse.TestSupport;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests.Page;

/// <summary>The page through axe-core's eyes, wide and narrow, light and dark, and by keyboard alone.</summary>
public sealed class AccessibilityTests(ServedCourse course) : IClassFixture<ServedCourse>
{
    [Theory]
    [InlineData("", 1440, ColorScheme.Light)]
    [InlineData("", 390, ColorScheme.Dark)]
    [InlineData("01-first", 1440, ColorScheme.Light)]
    [InlineData("01-first", 1440, ColorScheme.Dark)]
    [InlineData("01-first", 390, ColorScheme.Light)]
    [InlineData("01-first", 390, ColorScheme.Dark)]
    [InlineData("05-face-verification", 1440, ColorScheme.Light)]
    public async Task No_serious_finding(string path, int width, ColorScheme scheme)
    {
        var axe = Path.Combine(await NpmFolder.RestoreAsync(Path.Combine(AppContext.BaseDirectory, "js"), "axe-core"), "node_modules", "axe-core", "axe.min.js");
        // Without motion nothing is half faded in; and the panel is complete before it is looked at.
        await using var browser = await course.OpenAsync(path, width, width == 390 ? 844 : 900, scheme, ReducedMotion.Reduce);
        if (path.Length > 0) await browser.Page.WaitForFunctionAsync("document.querySelector('.fc-question') && document.querySelector('.fc-kernels')");
        await browser.Page.EvaluateAsync(await File.ReadAllTextAsync(axe, TestContext.Current.CancellationToken));
        var found = await browser.Page.EvaluateAsync<JsonElement>("axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 160)) })))");

        Assert.True(found.GetArrayLength() == 0, found.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("01-first")]
    public async Task Nothing_is_wider_than_a_phone(string path)
    {
        await using var browser = await course.OpenAsync(path, 390, 844);

        Assert.Equal(390, await browser.Page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.querySelector('.jp-WindowedPanel-outer, .fc-cover').scrollWidth)"));
        Assert.Equal(0, await browser.Page.EvaluateAsync<int>("[...document.querySelectorAll('.fc-bar > *')].filter(e => e.getClientRects().length && e.getBoundingClientRect().right > 390).length"));
    }

    [Theory]
    [InlineData("map")]
    [InlineData("side")]
    public async Task A_drawer_takes_the_keyboard_in_and_gives_it_back(string drawer)
    {
        await using var browser = await course.OpenAsync("02-second", 390, 844);
        await browser.Page.Locator($".fc-{drawer}-toggle").FocusAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.WaitForFunctionAsync($"document.activeElement.closest('.fc-{drawer}')");

        await browser.Page.Keyboard.PressAsync("Escape");
        Assert.True(await browser.Page.EvaluateAsync<bool>($"document.activeElement.matches('.fc-{drawer}-toggle')"));
        await browser.Page.Locator($".fc-{drawer}").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    [Fact]
    public async Task The_keyboard_reaches_the_notebook_at_once_and_every_dialog_lets_it_go_again()
    {
        await using var browser = await course.OpenAsync("02-second");
        var page = browser.Page;
        // The cell has the focus when the page opens; somebody who begins at the top meets the way back first.
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.classList.contains('jp-Cell')"));
        Assert.Equal("Skip to the notebook", await page.EvaluateAsync<string>("(() => { const first = document.querySelector('a, button, input, [tabindex]'); first.focus(); return first.textContent; })()"));
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.classList.contains('jp-Cell')"));

        await page.Keyboard.PressAsync("?");
        await page.WaitForSelectorAsync(".fc-help[open]");
        Assert.True(await page.Locator(".fc-help dt").CountAsync() > 10);
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync(".fc-help", new() { State = WaitForSelectorState.Detached });
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.classList.contains('jp-Cell')"));
    }
}
