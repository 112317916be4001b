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
        Assert.Contains("distance d", html, StringComparison.Ordinal);
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
        Assert.Contains("3 people", SimilarityWidgets.Space(encodings, faces).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("class=\"turn\"", SimilarityWidgets.EmbeddingMovie([new(0, rows), new(50, rows)], faces, dimensions: 3).ToHtml(), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SimilarityWidgets.EmbeddingMovie([new(0, rows)], faces, dimensions: 4));
        Assert.Contains("semi-hard", SimilarityWidgets.MarginSlider(encodings, People).ToHtml(), StringComparison.Ordinal);
        Assert.Contains("area 1.000", SimilarityCharts.RocCurves(("toy", new Roc([0.1], [0.2]))).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("anchor, synthetic 2", SimilarityCharts.HardestTriplets(encodings, faces).AlternativeText, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SimilarityWidgets.EmbeddingMovie([], faces));
    }

    [Fact]
    public void Races_scores_and_probabilities_say_in_words_what_they_show()
    {
        using var faces = Faces();
        var line = new TrainingProgress(10, 10, 0.1, 0.25, default, 0.5, 0.75, TimeSpan.Zero, TimeSpan.Zero);
        var run = ("semi-hard", new TrainingResult([line with { Step = 0, ActiveShare = double.NaN }, line], "all steps done", []));

        Assert.Contains("semi-hard: 25% at the end", SimilarityCharts.ActiveTriplets(run).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("semi-hard: 75% at the end", SimilarityCharts.UnseenAccuracy(run).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("semi-hard: 0.500 at the end", SimilarityCharts.Spread(run).AlternativeText, StringComparison.Ordinal);
        // What was not known at step 0 is no point of the line.
        Assert.Contains("\"x\":[10]", SimilarityCharts.ActiveTriplets(run).ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"x\":[0,10]", SimilarityCharts.UnseenAccuracy(run).ToJson(), StringComparison.Ordinal);
        Assert.Contains("one-shot 50.0%", SimilarityCharts.Scores([new EncodingScore("pixels", new Roc([0.1], [0.2]), 0.5)]).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("b 70%, c 20%", SimilarityCharts.Probabilities(["a", "b", "c"], [0.1, 0.7, 0.2], most: 2).AlternativeText, StringComparison.Ordinal);
        Assert.Contains("synthetic 2, photo 3", SimilarityCharts.Faces(faces, 2, 3).AlternativeText, StringComparison.Ordinal);
        Assert.DoesNotContain("synthetic 3", SimilarityCharts.Faces(faces, 2, 3).AlternativeText, StringComparison.Ordinal);
    }
}
