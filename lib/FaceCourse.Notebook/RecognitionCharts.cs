using System.Globalization;
using FaceCourse.Faces;

namespace FaceCourse.Notebook;

/// <summary>Charts of recognition, 1:K.</summary>
public static class RecognitionCharts
{
    private static readonly string[] Dashes = ["solid", "dot", "dash", "dashdot"];

    /// <summary>The distances of one picture to everybody in a gallery, nearest first, with τ as a line.</summary>
    /// <param name="nearest">As <see cref="Gallery.Nearest"/> gives them.</param>
    /// <param name="threshold">τ: bars up to it are blue, those above it grey.</param>
    public static Figure Nearest(IReadOnlyList<GalleryMatch> nearest, double threshold)
    {
        ArgumentNullException.ThrowIfNull(nearest);
        return Figure.Of(
            [new { type = "bar", x = nearest.Select(m => m.Person), y = nearest.Select(m => m.Distance), marker = new { color = nearest.Select(m => m.Distance <= threshold ? Figure.Colours[0] : Figure.Colours[7]) }, hovertemplate = "%{x}: d = %{y:.3f}<extra></extra>" }],
            new
            {
                title = $"One picture against K = {nearest.Count} people",
                yaxis = new { title = "distance d" },
                xaxis = new { tickangle = -60 },
                shapes = new[] { new { type = "line", xref = "paper", x0 = 0, x1 = 1, y0 = threshold, y1 = threshold, line = new { dash = "dash", color = Figure.Colours[3] } } },
                annotations = new[] { new { xref = "paper", x = 1, y = threshold, text = $"τ = {threshold.ToString("0.00", CultureInfo.InvariantCulture)}", showarrow = false, xanchor = "right", yanchor = "bottom" } },
            },
            $"Bars of the distance to each of {nearest.Count} people, nearest first; {nearest.Count(m => m.Distance <= threshold)} of them {(nearest.Count(m => m.Distance <= threshold) == 1 ? "is" : "are")} within the threshold of {threshold.ToString("0.00", CultureInfo.InvariantCulture)}.");
    }

    /// <summary>Shares (of mistakes, say) over the number K of people, one curve each.</summary>
    /// <param name="title">A heading.</param>
    /// <param name="ks">The K.</param>
    /// <param name="logarithmic">Whether the axis of K is logarithmic.</param>
    /// <param name="curves">A name, and a share from 0 to 1 for each K.</param>
    /// <exception cref="ArgumentException">A curve has not one share for each K.</exception>
    public static Figure OverPeople(string title, IReadOnlyList<int> ks, bool logarithmic = false, params IReadOnlyList<(string Name, IEnumerable<double> Shares)> curves)
    {
        ArgumentNullException.ThrowIfNull(ks);
        ArgumentNullException.ThrowIfNull(curves);
        var lines = curves.Select(c => (c.Name, Shares: c.Shares.ToList())).ToList();
        if (lines.FirstOrDefault(l => l.Shares.Count != ks.Count) is { Shares: { } shares, Name: var name }) throw new ArgumentException($"“{name}” has {shares.Count} shares for {ks.Count} values of K");
        return Figure.Of(
            lines.Select((l, i) => (object)new { type = "scatter", mode = "lines+markers", name = l.Name, x = ks, y = l.Shares, line = new { dash = Dashes[i % Dashes.Length] }, hovertemplate = "K = %{x}: %{y:.1%}" }),
            new
            {
                title,
                height = 400.0,
                xaxis = new { title = "K people in the gallery", type = logarithmic ? "log" : "linear" },
                yaxis = new { title = "share", tickformat = ".0%", rangemode = "tozero" },
                legend = new { orientation = "h", y = -0.3 },
            },
            $"Curves over K from {ks[0]} to {ks[^1]}: {string.Join("; ", lines.Select(l => $"{l.Name} from {Percent(l.Shares[0])} to {Percent(l.Shares[^1])}"))}.");
    }

    private static string Percent(double share) => share.ToString("0.##%", CultureInfo.InvariantCulture);
}
