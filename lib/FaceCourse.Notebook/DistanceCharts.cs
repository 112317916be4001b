using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Charts of distances between face encodings.</summary>
public static class DistanceCharts
{
    private const double Cell = 1.0;

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
        // Plotly draws heat map rows upwards; the axis is reversed so that row 0 is on top, as in a matrix.
        var pictures = Enumerable.Range(0, n).SelectMany(i => new object[]
        {
            Thumbnail(faces[i], "x", "paper", i, 1.01, Cell * 0.92, 0.09, "center", "bottom"),
            Thumbnail(faces[i], "paper", "y", -0.01, i, 0.09, Cell * 0.92, "right", "middle"),
        });
        var axis = new { showticklabels = false, showgrid = false, zeroline = false, range = new[] { -0.5, n - 0.5 } };

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
                    colorbar = new { title = new { text = "d" } },
                    xgap = 1,
                    ygap = 1,
                },
            ],
            new
            {
                height = 640.0,
                margin = new { l = 90, r = 20, t = 80, b = 20 },
                images = pictures,
                xaxis = new { axis.showticklabels, axis.showgrid, axis.zeroline, axis.range, constrain = "domain" },
                yaxis = new { axis.showticklabels, axis.showgrid, axis.zeroline, range = new[] { n - 0.5, -0.5 }, scaleanchor = "x", constrain = "domain" },
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
            legend = new { orientation = "h", y = 1.15 },
            shapes = new[] { new { type = "line", x0 = threshold, x1 = threshold, yref = "paper", y0 = 0, y1 = 1, line = new { dash = "dash", color = "#767676" } } },
            annotations = new[] { new { x = threshold, y = 1.0, yref = "paper", text = $"τ = {threshold:0.00}", showarrow = false, xanchor = "left", yanchor = "bottom" } },
        },
        $"Histogram of {same.Count} distances between photos of one person (median {Median(same):0.00}) and {different.Count} between different people (median {Median(different):0.00}), with the threshold at {threshold:0.00}.");

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

    private static object Thumbnail(string source, string xref, string yref, double x, double y, double sizex, double sizey, string xanchor, string yanchor) =>
        new { source, xref, yref, x, y, sizex, sizey, xanchor, yanchor, layer = "above" };

    private static object[][] Scale(double at) =>
        [[0.0, "#08306b"], [at * 0.999, "#9ecae1"], [at, "#fdd49e"], [1.0, "#7f2704"]];
}
