using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Charts of distances between face encodings.</summary>
public static class DistanceCharts
{
    /// <summary>The matrix of all distances d(i, j) as a heat map with a face beside each row and above each column.</summary>
    /// <param name="distances">[N,N], symmetric; d = ‖f(xᵢ) − f(xⱼ)‖.</param>
    /// <param name="faces">N face pictures as data addresses, for the margins.</param>
    /// <param name="names">N short names, for hovering and for the alternative text.</param>
    /// <param name="threshold">τ: distances up to it are blue (same person), larger ones orange.</param>
    /// <exception cref="ArgumentException">The three do not belong together.</exception>
    public static Figure Matrix(Tensor distances, IReadOnlyList<string> faces, IReadOnlyList<string> names, double threshold)
    {
        var n = faces.Count;
        if (distances.dim() != 2 || distances.shape[0] != n || distances.shape[1] != n || names.Count != n)
        {
            throw new ArgumentException(
                $"a distance matrix of {n} faces is [{n},{n}] with {n} names; this one is [{string.Join(',', distances.shape)}] with {names.Count} names");
        }

        var largest = distances.max().to(float64).item<double>();
        // The faces stand in a row and a column of their own, at -1. Plotly draws heat map rows upwards; the axis is
        // reversed so that row 0 is on top, as in a matrix.
        var pictures = Enumerable.Range(0, n).SelectMany(i => new object[] { Thumbnail(faces[i], i, -1), Thumbnail(faces[i], -1, i) });
        var across = new { showticklabels = false, ticks = "", showgrid = false, zeroline = false, range = new[] { -1.6, n - 0.5 }, constrain = "domain" };

        return Figure.Of(
            [
                new
                {
                    type = "heatmap",
                    z = distances,
                    customdata = names.Select(row => names.Select(column => $"{row} and {column}")),
                    hovertemplate = "%{customdata}<br>d = %{z:.3f}<extra></extra>",
                    zmin = 0.0,
                    zmax = Math.Max(largest, threshold * 1.01),
                    colorscale = Scale(threshold / Math.Max(largest, threshold * 1.01)),
                    colorbar = new { title = new { text = "d" }, thickness = 14, len = 0.6 },
                    xgap = 1,
                    ygap = 1,
                },
            ],
            new
            {
                height = 640.0,
                margin = new { l = 10, r = 20, t = 20, b = 10 },
                images = pictures,
                xaxis = across,
                yaxis = new { across.showticklabels, across.ticks, across.showgrid, across.zeroline, range = new[] { n - 0.5, -1.6 }, across.constrain, scaleanchor = "x" },
            },
            $"Heat map of the distances between {n} faces. Blue squares are pairs at most {threshold:0.00} apart, orange ones are farther.");
    }

    /// <summary>Two histograms over one axis: distances between photos of one person, and of different people, with τ as a line.</summary>
    /// <param name="same">Distances of genuine pairs.</param>
    /// <param name="different">Distances of impostor pairs.</param>
    /// <param name="threshold">τ.</param>
    public static Figure Histogram(IReadOnlyList<double> same, IReadOnlyList<double> different, double threshold) => Figure.Of(
        [
            Bars("same person", same, Figure.Colours[0]),
            Bars("different people", different, Figure.Colours[1]),
        ],
        new
        {
            barmode = "overlay",
            height = 340.0,
            xaxis = new { title = "d(img1, img2)", rangemode = "tozero" },
            yaxis = new { title = "share of pairs" },
            legend = new { orientation = "h", y = -0.32 },
            shapes = new[] { ThresholdLine(threshold) },
            annotations = new[] { ThresholdLabel(threshold) },
        },
        $"Histogram of {same.Count} distances between photos of one person (median {Median(same):0.00}) and {different.Count} between different people (median {Median(different):0.00}), with the threshold at {threshold:0.00}.");

    /// <summary>False accept rate and false reject rate over every threshold, with the chosen one as a line.</summary>
    /// <param name="thresholds">The τ that were tried, rising.</param>
    /// <param name="falseAccepts">FAR at each: the share of impostor pairs let in.</param>
    /// <param name="falseRejects">FRR at each: the share of genuine pairs turned away.</param>
    /// <param name="threshold">τ.</param>
    public static Figure ErrorRates(IReadOnlyList<double> thresholds, IReadOnlyList<double> falseAccepts, IReadOnlyList<double> falseRejects, double threshold) => Figure.Of(
        [
            new { type = "scatter", mode = "lines", name = "FAR: strangers let in", x = thresholds, y = falseAccepts, line = new { color = Figure.Colours[1], width = 3 } },
            new { type = "scatter", mode = "lines", name = "FRR: friends turned away", x = thresholds, y = falseRejects, line = new { color = Figure.Colours[0], width = 3, dash = "dot" } },
        ],
        new
        {
            height = 340.0,
            xaxis = new { title = "threshold τ" },
            yaxis = new { title = "error rate", tickformat = ".0%", rangemode = "tozero" },
            legend = new { orientation = "h", y = -0.32 },
            shapes = new[] { ThresholdLine(threshold) },
            annotations = new[] { ThresholdLabel(threshold) },
        },
        $"Two curves over the threshold. The false accept rate rises from 0, the false reject rate falls to 0; the line marks τ = {threshold:0.00}.");

    /// <summary>The encodings of many faces as a heat map: a row per face, a column per number.</summary>
    /// <param name="encodings">[N,128].</param>
    /// <param name="names">N short names.</param>
    public static Figure Encodings(Tensor encodings, IReadOnlyList<string> names) => Figure.Of(
        [new { type = "heatmap", z = encodings, y = names, colorscale = "RdBu", zmid = 0, colorbar = new { title = new { text = "value" } }, hovertemplate = "%{y}, number %{x}: %{z:.3f}<extra></extra>" }],
        new { height = Math.Max(220.0, 60 + (18 * names.Count)), xaxis = new { title = "number of the encoding" }, yaxis = new { autorange = "reversed", tickfont = new { size = 10 } } },
        $"Heat map with {names.Count} rows of {encodings.shape[1]} numbers each, one row per face. Every row has its own pattern.");

    /// <summary>How a distance moves while a photo gets worse, with τ as a line.</summary>
    /// <param name="what">What is turned up, the name of the x axis.</param>
    /// <param name="steps">How far.</param>
    /// <param name="distances">d to the untouched photo at each step; NaN where the face was no longer found.</param>
    /// <param name="threshold">τ.</param>
    public static Figure Drift(string what, IReadOnlyList<double> steps, IReadOnlyList<double> distances, double threshold) => Figure.Of(
        [new { type = "scatter", mode = "lines+markers", x = steps, y = distances, line = new { width = 3 }, hovertemplate = what + " %{x}: d = %{y:.3f}<extra></extra>" }],
        new
        {
            height = 320.0,
            xaxis = new { title = what },
            yaxis = new { title = "d to the untouched photo", rangemode = "tozero" },
            shapes = new[] { new { type = "line", y0 = threshold, y1 = threshold, xref = "paper", x0 = 0, x1 = 1, line = new { dash = "dash", color = "#767676" } } },
            annotations = new[] { new { y = threshold, x = 0, xref = "paper", text = $"τ = {threshold:0.00}", showarrow = false, xanchor = "left", yanchor = "bottom" } },
        },
        $"The distance grows with {what}, from {distances[0]:0.00} to {distances.LastOrDefault(double.IsFinite):0.00}; τ = {threshold:0.00}.");

    /// <summary>The weights w₁ … wₙ of a pair classifier as bars: what each difference counts.</summary>
    /// <param name="classifier">A trained one.</param>
    public static Figure Weights(PairClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        using var scope = NewDisposeScope();
        var w = classifier.Weights.detach().to(float32).cpu().flatten().data<float>().ToArray();
        return Figure.Of(
            [new { type = "bar", x = Enumerable.Range(1, w.Length), y = w, marker = new { color = w.Select(v => v < 0 ? Figure.Colours[0] : Figure.Colours[1]) }, hovertemplate = "w<sub>%{x}</sub> = %{y:.2f}<extra></extra>" }],
            new { height = 320.0, title = "What each difference counts", xaxis = new { title = "k" }, yaxis = new { title = "wₖ" } },
            $"Bars of {w.Length} weights; {w.Count(v => v < 0)} of them are negative: a difference speaks against the same person.");
    }

    private static object ThresholdLine(double threshold) =>
        new { type = "line", x0 = threshold, x1 = threshold, yref = "paper", y0 = 0, y1 = 1, line = new { dash = "dash", color = "#767676" } };

    private static object ThresholdLabel(double threshold) =>
        new { x = threshold, y = 1.0, yref = "paper", text = $"τ = {threshold:0.00}", showarrow = false, xanchor = "left", yanchor = "bottom" };

    private static object Bars(string name, IReadOnlyList<double> x, string colour) => new
    {
        type = "histogram",
        name,
        x,
        histnorm = "probability",
        xbins = new { start = 0.0, size = 0.04 },
        opacity = 0.7,
        marker = new { color = colour },
        hovertemplate = "d %{x}: %{y:.0%}<extra>" + name + "</extra>",
    };

    private static double Median(IReadOnlyList<double> x) => x.Count == 0 ? double.NaN : x.Order().ElementAt(x.Count / 2);

    private static object Thumbnail(string source, double x, double y) =>
        new { source, xref = "x", yref = "y", x, y, sizex = 0.94, sizey = 0.94, xanchor = "center", yanchor = "middle", layer = "above" };

    private static object[][] Scale(double at) =>
        [[0.0, "#08306b"], [at * 0.999, "#9ecae1"], [at, "#fdd49e"], [1.0, "#7f2704"]];
}
