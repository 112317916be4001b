using FaceCourse.Faces;
using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Tests;

public sealed class RecognitionChartTests
{
    [Fact]
    public void Everybody_stands_in_a_bar_and_those_within_the_threshold_are_counted_in_words()
    {
        var chart = RecognitionCharts.Nearest([new GalleryMatch("Ada", 0.2f), new GalleryMatch("Grace", 0.5f), new GalleryMatch("Alan", 0.9f)], threshold: 0.5);

        Assert.Contains("3 people, nearest first; 2 of them are within the threshold of 0.50", chart.AlternativeText, StringComparison.Ordinal);
        Assert.Contains("\"x\":[\"Ada\",\"Grace\",\"Alan\"]", chart.ToJson(), StringComparison.Ordinal);
        Assert.Contains($"\"color\":[\"{Figure.Colours[0]}\",\"{Figure.Colours[0]}\",\"{Figure.Colours[7]}\"]", chart.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_over_K_say_where_they_begin_and_end_and_differ_by_more_than_their_colour()
    {
        var chart = RecognitionCharts.OverPeople("Errors", [1, 10, 100], logarithmic: true, ("FAR 1 %", [0.01, 0.096, 0.634]), ("FAR 0.1 %", [0.001, 0.01, 0.095]));

        Assert.Contains("over K from 1 to 100: FAR 1 % from 1% to 63.4%; FAR 0.1 % from 0.1% to 9.5%", chart.AlternativeText, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"log\"", chart.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"dash\":\"solid\"", chart.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"dash\":\"dot\"", chart.ToJson(), StringComparison.Ordinal);
        Assert.Contains("“short” has 1 shares for 2", Assert.Throws<ArgumentException>(() => RecognitionCharts.OverPeople("Errors", [1, 10], curves: [("short", [0.1])])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_weights_of_a_pair_classifier_are_bars_and_the_negative_ones_are_counted()
    {
        using var scope = NewDisposeScope();
        using var classifier = new PairClassifier(4);
        using (no_grad()) classifier.Weights.copy_(tensor([-1f, -2f, 3f, -0.5f]));

        var chart = DistanceCharts.Weights(classifier);

        Assert.Contains("4 weights; 3 of them are negative", chart.AlternativeText, StringComparison.Ordinal);
        Assert.Contains("\"y\":[-1,-2,3,-0.5]", chart.ToJson(), StringComparison.Ordinal);
    }
}
