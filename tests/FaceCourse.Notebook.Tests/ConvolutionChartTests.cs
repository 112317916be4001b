using System.Text.Json.Nodes;
using FaceCourse.Convolutions;
using FaceCourse.Notebook.Rendering;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Tests;

public class ConvolutionChartTests
{
    private static readonly EkgRecord Ekg = new EkgGenerator { VentricularShare = 0.1 }.Generate(30, 1);

    [Fact]
    public void The_slide_s_row_is_stepped_through_to_its_four_sums()
    {
        var widget = ConvolutionSteps.Along(SlidingSum.SlideRow, SlidingSum.SlideFilter);

        var html = widget.ToHtml();
        Assert.Contains("4 sums, 238, 161, 244, 206", widget.AlternativeText, StringComparison.Ordinal);
        Assert.Contains("\"output\":[[238,161,244,206]]", html, StringComparison.Ordinal);
        Assert.Contains("aria-live", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void In_two_directions_the_sums_are_those_of_the_library_padding_and_stride_included()
    {
        double[,] picture = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }, filter = { { 1, 0 }, { 0, 1 } };

        Assert.Contains("\"output\":[[6,8],[12,14]]", ConvolutionSteps.Over(picture, filter).ToHtml(), StringComparison.Ordinal);
        Assert.Contains("\"output\":[[1,3],[7,14]]", ConvolutionSteps.Over(picture, filter, stride: 2, padding: 1).ToHtml(), StringComparison.Ordinal);
        Assert.Throws<ConvolutionException>(() => ConvolutionSteps.Over(new double[21, 20], filter));
        Assert.Throws<ConvolutionException>(() => ConvolutionSteps.Along([1, 2], [1, 2, 3]));
    }

    [Fact]
    public void The_diagram_shows_every_shape_parameter_and_multiplication_of_the_lecture_s_chain()
    {
        var diagram = ConvolutionDiagram.Of("14×14×14×1 * 5×5×5×1, 16 filters → 10×10×10×16 → 5×5×5×16, 32 filters → 6×6×6×32");

        var html = diagram.ToHtml();
        Assert.All(new[] { "14×14×14×1", "10×10×10×16", "6×6×6×32", "2,000 + 16 = 2,016", "64,000 + 32 = 64,032", "2,000,000", "13,824,000" }, text => Assert.Contains(text, html, StringComparison.Ordinal));
        Assert.Contains("66,048 parameters", diagram.AlternativeText, StringComparison.Ordinal);
        Assert.Throws<ConvolutionException>(() => ConvolutionDiagram.Of("5×5×1 * 7×7×1, 2 filters"));
    }

    [Fact]
    public void The_EKG_chart_marks_labelled_and_found_beats_of_its_part_alone()
    {
        var figure = ConvolutionCharts.Ekg(Ekg, [new Beat(3600, 'N'), new Beat(7000, 'V')], from: 8, seconds: 10);

        var traces = JsonNode.Parse(figure.ToJson())!["data"]!.AsArray();
        Assert.Equal(3600, traces[0]!["y"]!.AsArray().Count);
        Assert.Equal(8, traces[0]!["x0"]!.GetValue<double>());
        var found = traces.Single(t => t!["name"]!.GetValue<string>() == "found: normal beat")!;
        Assert.Equal(10, Assert.Single(found["x"]!.AsArray())!.GetValue<double>());
        Assert.Contains("and 1 found (0 as abnormal)", figure.AlternativeText, StringComparison.Ordinal);
        Assert.Throws<ConvolutionException>(() => ConvolutionCharts.Ekg(Ekg, from: 40));
    }

    [Fact]
    public void Activations_lie_under_the_seconds_they_belong_to_each_filter_on_its_own_scale()
    {
        using var scope = NewDisposeScope();
        var figure = ConvolutionCharts.EkgActivations(Ekg, stack([arange(3000, ScalarType.Float32), zeros(3000)]), from: 10, seconds: 5);

        var heat = JsonNode.Parse(figure.ToJson())!["data"]![1]!;
        Assert.Equal(10, heat["x0"]!.GetValue<double>());
        Assert.Equal(0.01, heat["dx"]!.GetValue<double>(), 6);
        Assert.Equal(500, heat["z"]![0]!.AsArray().Count);
        Assert.Equal(1, heat["z"]![0]![499]!.GetValue<double>(), 5);
        Assert.Equal(0, heat["z"]![1]![499]!.GetValue<double>());
        Assert.Throws<ConvolutionException>(() => ConvolutionCharts.EkgActivations(Ekg, zeros(5)));
    }

    [Fact]
    public void A_volume_s_slices_carry_its_nodules_and_what_was_found()
    {
        using var scope = NewDisposeScope();
        var (volume, nodules) = Phantom.Lung(1, 16, 1);

        var widget = ConvolutionSliders.Slices(volume, every: 2, nodules: nodules, found: [new Nodule(1, 2, 3, 0)]);

        Assert.Equal(8, Count(widget.ToHtml(), "data:image/png"));
        Assert.Contains("1 nodules (circles) and 1 found (diamonds)", widget.AlternativeText, StringComparison.Ordinal);
        Assert.Contains("\"x\":1,\"y\":2,\"z\":3,\"r\":2.5,\"truth\":false", widget.ToHtml(), StringComparison.Ordinal);
        Assert.Throws<ConvolutionException>(() => ConvolutionSliders.Slices(volume, axis: 3));
        Assert.Throws<ConvolutionException>(() => ConvolutionSliders.Slices(volume, axis: 1, nodules: nodules));
    }

    [Fact]
    public void A_film_and_its_feature_map_move_together()
    {
        using var scope = NewDisposeScope();
        var html = ConvolutionSliders.Together([new("film", rand([6, 8, 8])), new("map", rand([3, 4, 4]))]).ToHtml();

        Assert.Equal(9, Count(html, "data:image/png"));
        Assert.Contains("max=\"5\"", html, StringComparison.Ordinal);
        Assert.Contains("play", html, StringComparison.Ordinal);
        Assert.Throws<ConvolutionException>(() => ConvolutionSliders.Together([]));
    }

    [Fact]
    public void Surfaces_are_thinned_and_keep_the_volume_s_own_coordinates()
    {
        using var scope = NewDisposeScope();
        using var head = Phantom.SheppLogan(56);

        var trace = JsonNode.Parse(ConvolutionCharts.Surfaces(("head", head.Voxels, 0.1)).ToJson())!["data"]![0]!;
        var three = JsonNode.Parse(ConvolutionCharts.Convolved(head.Voxels, rand([3, 3, 3]), rand([4, 4, 4])).ToJson())!["data"]!.AsArray();

        Assert.Equal(28 * 28 * 28, trace["value"]!.AsArray().Count);
        Assert.Equal(54, trace["x"]!.AsArray().Max(v => v!.GetValue<double>()));
        Assert.Equal(["isosurface", "scatter3d", "isosurface"], three.Select(t => t!["type"]!.GetValue<string>()));
        Assert.Equal(27, three[1]!["x"]!.AsArray().Count);
        Assert.Throws<ConvolutionException>(() => ConvolutionCharts.Surfaces(("head", head.Voxels, 1.5)));
    }

    [Fact]
    public void Filters_become_lines_or_pictures()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(3, JsonNode.Parse(ConvolutionCharts.Filters(rand([3, 15]), "First layer").ToJson())!["data"]!.AsArray().Count);
        Assert.Equal(4, Count(((Shown)ConvolutionCharts.FilterPictures(rand([4, 3, 3, 3]), "First layer")).ToHtml(), "data:image/png"));
    }

    [Fact]
    public void Accuracies_say_each_share_and_what_guessing_gives()
        => Assert.Equal("Bars: in order 99 %, shuffled 42 %; guessing gives 25 %.", ConvolutionCharts.Accuracies(0.25, ("in order", 0.99), ("shuffled", 0.42)).AlternativeText);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
