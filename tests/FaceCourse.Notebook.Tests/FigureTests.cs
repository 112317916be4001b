using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Notebook.Rendering;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;
using Xunit;

namespace FaceCourse.Notebook.Tests;

public sealed class FigureTests
{
    private static readonly Figure Line = Figure.Of(
        [new { type = "scatter", x = new[] { 1, 2, 3 }, y = new[] { 0.5, double.NaN, 2.0 } }],
        new { title = "d < τ", xaxis = new { title = "step" } },
        "A rising line.");

    [Fact]
    public void A_figure_keeps_its_traces_and_turns_numbers_that_are_not_finite_into_null()
    {
        var y = JsonNode.Parse(Line.ToJson())!["data"]![0]!["y"]!.AsArray();

        Assert.Equal(0.5, y[0]!.GetValue<double>());
        Assert.Null(y[1]);
    }

    [Fact]
    public void Titles_given_as_text_become_the_objects_that_plotly_wants()
    {
        var layout = JsonNode.Parse(Line.ToJson())!["layout"]!;

        Assert.Equal("d < τ", layout["title"]!["text"]!.GetValue<string>());
        Assert.Equal("step", layout["xaxis"]!["title"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public void A_tensor_becomes_nested_lists_of_its_shape()
    {
        using var scope = torch.NewDisposeScope();
        var figure = Figure.Of([new { type = "heatmap", z = torch.tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6.5f } }) }]);

        Assert.Equal("[[1,2,3],[4,5,6.5]]", JsonNode.Parse(figure.ToJson())!["data"]![0]!["z"]!.ToJsonString());
    }

    [Fact]
    public void The_HTML_never_holds_a_closing_script_tag_of_the_data()
    {
        var html = Figure.Of([new { type = "scatter", name = "</script><script>alert(1)</script>" }]).ToHtml();

        Assert.DoesNotContain("alert(1)</script>", html);
    }

    [Fact]
    public void A_figure_is_only_made_from_a_JSON_object()
        => Assert.ThrowsAny<JsonException>(() => Figure.FromJson("[1,2]"));

    [Fact]
    public void The_Formatting_package_renders_a_figure_by_the_attributes_name_alone()
    {
        Assert.Equal([Mime.Plotly, Mime.Html], Formatter.GetPreferredMimeTypesFor(typeof(Figure)));
        Assert.Equal(Line.ToJson(), Line.ToDisplayString(Mime.Plotly));
        Assert.Contains("aria-label=\"A rising line.\"", Line.ToDisplayString(Mime.Html));
    }

    [Fact]
    public void The_Formatting_package_renders_a_type_that_inherits_the_attribute()
    {
        var grid = new ImageGrid([new Tile("data:image/png;base64,AAAA", "a <b>")]);

        Assert.Contains("alt=\"a &lt;b&gt;\"", grid.ToDisplayString(Mime.Html));
    }
}
