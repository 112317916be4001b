using FaceCourse.Convolutions;
using FaceCourse.Notebook;
using Microsoft.Playwright;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Studio.Tests;

/// <summary>The convolution widgets as a student moves them: in a browser, by mouse and keyboard, without a kernel.</summary>
public sealed class ConvolutionWidgetBrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convolution-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_sliding_sum_steps_by_button_and_by_arrow_key_and_plays_to_its_end()
    {
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(ConvolutionSteps.Along(SlidingSum.SlideRow, SlidingSum.SlideFilter).ToHtml()));
        var output = browser.Page.Locator("output");

        Assert.Equal("Position 1 of 4: 1·1 + 20·3 + 15·10 + 3·3 + 18·1 = 238", await output.InnerTextAsync());
        await browser.Page.Locator(".next").ClickAsync();
        Assert.EndsWith("= 161", await output.InnerTextAsync(), StringComparison.Ordinal);
        await browser.Page.GetByRole(AriaRole.Slider).FocusAsync();
        await browser.Page.Keyboard.PressAsync("ArrowRight");
        Assert.EndsWith("= 244", await output.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("238 161 244", string.Join(' ', (await browser.Page.Locator("svg text:not(.w):not(.name)").AllTextContentsAsync()).Skip(8).Where(t => t.Length > 0)));

        await browser.Page.Locator(".play").ClickAsync();
        await browser.Page.WaitForFunctionAsync("document.querySelector('output').textContent.endsWith('= 206')");
        Assert.Equal("▶ play", await browser.Page.Locator(".play").InnerTextAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_volume_opens_at_its_nodule_and_the_mark_is_gone_in_slices_far_from_it()
    {
        using var scope = NewDisposeScope();
        var (volume, nodules) = Phantom.Lung(4, 32, 1);
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(ConvolutionSliders.Slices(volume, nodules: nodules).ToHtml()));
        var (slider, circles) = (browser.Page.GetByRole(AriaRole.Slider), browser.Page.Locator("svg circle"));

        Assert.Equal(Math.Round(nodules[0].Z), double.Parse(await slider.InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, await circles.CountAsync());
        await slider.FillAsync(nodules[0].Z > 16 ? "0" : "31");
        Assert.Equal(0, await circles.CountAsync());
        Assert.StartsWith("lung phantom 4, slice", await browser.Page.Locator("img").GetAttributeAsync("alt"), StringComparison.Ordinal);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_film_plays_and_its_feature_map_moves_with_it()
    {
        using var scope = NewDisposeScope();
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(ConvolutionSliders.Together([new("film", rand([6, 8, 8])), new("map", rand([3, 4, 4]))]).ToHtml()));
        var map = browser.Page.Locator("img").Nth(1);
        var before = await map.GetAttributeAsync("src");

        await browser.Page.GetByRole(AriaRole.Button).ClickAsync();
        await browser.Page.WaitForFunctionAsync("+document.querySelector('input').value >= 3");

        Assert.NotEqual(before, await map.GetAttributeAsync("src"));
        Assert.Empty(browser.Errors);
    }

    private string Write(string html)
    {
        var file = Path.Combine(_folder, "page.html");
        File.WriteAllText(file, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Convolution</title><style>:root{{color-scheme:light dark}}</style>{html}");
        return new Uri(file).AbsoluteUri;
    }
}
