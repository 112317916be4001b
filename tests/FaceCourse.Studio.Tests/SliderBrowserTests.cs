using System.Globalization;
using System.Text.RegularExpressions;
using FaceCourse.Notebook;
using FaceCourse.Similarity;
using Microsoft.Playwright;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Studio.Tests;

/// <summary>The sliders as a student moves them: in a browser, by mouse and keyboard, without a kernel.</summary>
public sealed class SliderBrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slider-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_larger_threshold_lets_more_strangers_in_and_turns_fewer_friends_away()
    {
        var random = new Random(1);
        var roc = new Roc(Enumerable.Range(0, 200).Select(_ => 0.2 + (0.4 * random.NextDouble())), Enumerable.Range(0, 200).Select(_ => 0.4 + (0.6 * random.NextDouble())));
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(SimilarityWidgets.ThresholdSlider(roc).ToHtml()));
        var (slider, output) = (browser.Page.GetByRole(AriaRole.Slider), browser.Page.Locator("output"));
        async Task<(double Far, double Frr)> Rates(string value)
        {
            await slider.FillAsync(value);
            var numbers = Regex.Matches(await output.InnerTextAsync(), @"(\d+\.\d) %").Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
            return (numbers[0], numbers[1]);
        }

        Assert.Equal((0, 100), await Rates("0"));
        var (far, frr) = await Rates("110");
        Assert.Equal((100, 0), await Rates("200"));

        var tau = 110 / 200.0 * Math.Max(roc.Same[^1], roc.Different[^1]) * 1.001;
        Assert.Equal(100 * roc.FalseAcceptRate(tau), far, 0.06);
        Assert.Equal(100 * roc.FalseRejectRate(tau), frr, 0.06);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task The_arrow_keys_move_the_threshold_and_its_line()
    {
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(SimilarityWidgets.ThresholdSlider(new Roc([0.1, 0.2, 0.3], [0.6, 0.7, 0.9])).ToHtml()));
        var line = browser.Page.Locator("svg line");
        var before = double.Parse((await line.GetAttributeAsync("x1"))!, CultureInfo.InvariantCulture);
        await browser.Page.GetByRole(AriaRole.Slider).FocusAsync();
        await browser.Page.Keyboard.PressAsync("ArrowRight");

        Assert.Equal(before + 3, double.Parse((await line.GetAttributeAsync("x1"))!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_larger_margin_leaves_fewer_triplets_easy()
    {
        using var scope = NewDisposeScope();
        var encodings = nn.functional.normalize(randn(12, 8, generator: new Generator(1)));
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(SimilarityWidgets.MarginSlider(encodings, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]).ToHtml()));
        var slider = browser.Page.GetByRole(AriaRole.Slider);
        async Task<int> Easy(string value)
        {
            await slider.FillAsync(value);
            return int.Parse(Regex.Match(await browser.Page.Locator("output").InnerTextAsync(), @"(\d+) easy").Groups[1].Value, CultureInfo.InvariantCulture);
        }

        Assert.True(await Easy("40") < await Easy("0"));
        Assert.Empty(browser.Errors);
    }

    private string Write(string html)
    {
        var file = Path.Combine(_folder, "page.html");
        File.WriteAllText(file, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Slider</title><style>:root{{color-scheme:light dark}}</style>{html}");
        return new Uri(file).AbsoluteUri;
    }
}
