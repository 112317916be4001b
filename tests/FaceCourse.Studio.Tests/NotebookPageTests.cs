using System.Text.Json.Nodes;
using FaceCourse.Notebook;
using FaceCourse.Notebook.Rendering;
using FaceCourse.Studio.Export;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests;

public sealed class NotebookPageTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"page-{Guid.NewGuid():N}.html");

    public void Dispose() => File.Delete(_file);

    private static JsonObject Notebook(params JsonNode[] cells) => new() { ["cells"] = new JsonArray(cells), ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 };

    private static JsonObject Markdown(string source) => new() { ["cell_type"] = "markdown", ["source"] = source };

    private static JsonObject Code(string source, params JsonNode[] outputs) => new() { ["cell_type"] = "code", ["source"] = source, ["outputs"] = new JsonArray(outputs) };

    private static JsonObject Display(string mime, JsonNode value) => new() { ["output_type"] = "display_data", ["data"] = new JsonObject { [mime] = value } };

    private string Write(JsonObject notebook)
    {
        NotebookPage.Write(notebook, _file, "test.ipynb", formulas => new([.. formulas.Select(f => $"<math><mi>{f.Tex}</mi></math>")], ".math { margin: 0; }"));
        return File.ReadAllText(_file);
    }

    [Fact]
    public void The_first_heading_is_the_title()
        => Assert.Contains("<title>Faces &amp; names</title>", Write(Notebook(Markdown("# Faces & names\ntext"), Markdown("# Second"))));

    [Fact]
    public void Formulas_in_text_and_on_their_own_line_are_typeset()
    {
        var html = Write(Notebook(Markdown("The distance $d < \\tau$.\n\n$$\nJ = \\sum L\n$$\n")));

        Assert.Contains("<span class=\"math\"><math><mi>d < \\tau</mi></math></span>", html);
        Assert.Contains("<div class=\"math\"><math><mi>J = \\sum L</mi></math></div>", html);
        Assert.Contains("<style>.math { margin: 0; }", html);
    }

    [Fact]
    public async Task A_formula_brings_its_own_fonts_and_a_subscript_stands_below_its_base()
    {
        var typesetter = await Typesetter.CreateAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(typesetter.Complaint is null, typesetter.Complaint ?? "");
        NotebookPage.Write(Notebook(Markdown("$$\n\\sum_{a} x_{i+a}\\, w_a\n$$")), _file, "test.ipynb", typesetter.Typeset);

        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(new Uri(_file).AbsoluteUri);
        var fonts = await browser.Page.EvaluateAsync<string[]>("document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family))");
        var lower = await browser.Page.EvaluateAsync<double>("""
            (() => {
              const letters = [...document.querySelectorAll('.katex-html .mathnormal')];
              const bottom = text => letters.find(l => l.textContent === text).getBoundingClientRect().bottom;
              return bottom('i') - bottom('x');
            })()
            """);

        Assert.Contains("KaTeX_Math", fonts);
        Assert.True(lower > 1, $"the subscript ends {lower} px below its base");
        Assert.Equal(1, await browser.Page.Locator("math").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public void Code_is_escaped_and_coloured()
        => Assert.Contains("<span class=\"k\">var</span> s = <span class=\"s\">&quot;&lt;b&gt;&quot;</span>;", Write(Notebook(Code("var s = \"<b>\";"))));

    [Fact]
    public void An_error_shows_its_traceback_without_terminal_colours()
    {
        var error = new JsonObject { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "v", ["traceback"] = new JsonArray("\u001b[31mcell 3, line 2\u001b[0m") };

        Assert.Contains(">cell 3, line 2</pre>", Write(Notebook(Code("boom", error))));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Charts_draw_offline_with_an_empty_console(ColorScheme scheme)
    {
        var figure = Figure.Of([new { type = "scatter", y = new[] { 1, 3, 2 } }], alternativeText: "A zigzag.");
        Write(Notebook(Markdown("# Chart"), Code("figure", Display("application/vnd.plotly.v1+json", JsonNode.Parse(figure.ToJson())!))));

        await using var browser = await Browser.StartAsync(scheme: scheme);
        await browser.Page.GotoAsync(new Uri(_file).AbsoluteUri);
        await browser.Page.WaitForSelectorAsync(".course-chart[data-drawn=true] svg.main-svg");

        Assert.True(await browser.Page.Locator(".course-chart .scatterlayer path").First.IsVisibleAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_charts_text_follows_the_page_from_light_to_dark()
    {
        var figure = Figure.Of([new { type = "scatter", y = new[] { 1, 3, 2 } }], new { title = "Zigzag" }, "A zigzag.");
        Write(Notebook(Markdown("# Chart"), Code("figure", Display("application/vnd.plotly.v1+json", JsonNode.Parse(figure.ToJson())!))));

        await using var browser = await Browser.StartAsync(scheme: ColorScheme.Light);
        await browser.Page.GotoAsync(new Uri(_file).AbsoluteUri);
        await browser.Page.WaitForSelectorAsync(".course-chart[data-drawn=true] .gtitle");
        const string Same = "getComputedStyle(document.querySelector('.gtitle')).fill === getComputedStyle(document.body).color";
        Assert.True(await browser.Page.EvaluateAsync<bool>(Same));
        await browser.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });

        await browser.Page.WaitForFunctionAsync(Same);
    }

    [Fact]
    public async Task A_figure_as_plain_HTML_draws_too_and_carries_plotly_for_the_others()
    {
        PlotlyHtml.BeginNotebook();
        Write(Notebook(Code("a", Display("text/html", Figure.Of([new { type = "bar", y = new[] { 1, 2 } }]).ToHtml())),
            Code("b", Display("text/html", Figure.Of([new { type = "bar", y = new[] { 2, 1 } }]).ToHtml()))));

        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(new Uri(_file).AbsoluteUri);
        await browser.Page.WaitForFunctionAsync("document.querySelectorAll('[data-drawn=true]').length === 2");

        Assert.Empty(browser.Errors);
    }
}
