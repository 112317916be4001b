using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Tests;

public class SimilarityChartTests
{
    private static readonly int[] People = [1, 1, 1, 2, 2, 2, 3, 3, 3];

    private static FaceSet Faces() => SyntheticFaces.Draw(3, 3, size: 16);

    [Fact]
    public void The_threshold_slider_carries_rates_from_nobody_let_in_to_everybody()
    {
        var roc = new Roc([0.1, 0.2, 0.6], [0.5, 0.9, 1.0]);

        var html = SimilarityWidgets.ThresholdSlider(roc).ToHtml();

        Assert.Contains("\"far\":[0,", html, StringComparison.Ordinal);
        Assert.Contains("\"frr\":[1,", html, StringComparison.Ordinal);
        Assert.Contains("type=\"range\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_movie_the_margin_slider_and_the_charts_say_what_they_show()
    {
        using var scope = NewDisposeScope();
        using var faces = Faces();
        var encodings = randn(9, 8, generator: new Generator(1));
        float[][] rows = [.. encodings.data<float>().ToArray().Chunk(8)];

        Assert.Contains("\"steps\":[0,50]", SimilarityWidgets.EmbeddingMovie([new(0, rows), new(50, rows)], faces).ToHtml(), StringComparison.Ordinal);
        Assert.Contains("3 people", SimilarityCharts.Space(encodings, faces).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("semi-hard", SimilarityWidgets.MarginSlider(encodings, People).ToHtml(), StringComparison.Ordinal);
        Assert.Contains("area 1.000", SimilarityCharts.RocCurves(("toy", new Roc([0.1], [0.2]))).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("anchor, synthetic 2", SimilarityCharts.HardestTriplets(encodings, faces).AlternativeText, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SimilarityWidgets.EmbeddingMovie([], faces));
    }
}
