using FaceCourse.Images;
using FaceCourse.Style;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Style transfer, as pictures and curves.</summary>
public static class StyleCharts
{
    /// <summary>Content, style and the painted picture side by side.</summary>
    public static ImageGrid Triple(Tensor content, Tensor style, Painting painting, int width = 220) =>
        new([new(ImageFile.ToDataUri(content), "content C"), new(ImageFile.ToDataUri(style), "style S"), new(ImageFile.ToDataUri(painting.Picture), "generated G")], width);

    /// <summary>How the costs fell, on a logarithmic scale.</summary>
    public static Figure Costs(Painting painting)
    {
        var steps = painting.Curve.Select(s => s.Step).ToArray();
        object Line(string name, Func<StyleCosts, double> of, string dash) => new { type = "scatter", mode = "lines", name, x = steps, y = painting.Curve.Select(s => of(s.Costs)).ToArray(), line = new { dash } };
        return Figure.Of(
            [Line("α·content", c => painting.Alpha * c.Content, "dash"), Line("β·style", c => painting.Beta * c.Style, "dot"), Line("total J(G)", c => c.Total, "solid")],
            new { title = "Costs, step by step", xaxis = new { title = "step" }, yaxis = new { type = "log", dtick = 1, exponentformat = "none", title = "cost" } },
            $"The total cost goes from {painting.Curve[0].Costs.Total:0.###} to {painting.Curve[^1].Costs.Total:0.####} in {painting.Curve.Count} steps.");
    }

    /// <summary>Costs of one or several runs, step by step, on a logarithmic scale.</summary>
    /// <param name="curves">The name of each curve, and its costs from the first step on.</param>
    /// <param name="title">The heading.</param>
    public static Figure CostCurves(IReadOnlyList<(string Name, IEnumerable<double> Costs)> curves, string title)
    {
        var lines = curves.Select(c => (c.Name, Costs: c.Costs.ToArray())).ToArray();
        string[] dashes = ["solid", "dash", "dot", "dashdot"];
        return Figure.Of(
            lines.Select((l, i) => new { type = "scatter", mode = "lines", name = l.Name, x = Enumerable.Range(1, l.Costs.Length).ToArray(), y = l.Costs, line = new { dash = dashes[i % dashes.Length] } }),
            new { title, xaxis = new { title = "step" }, yaxis = new { title = "cost", type = "log", dtick = 1, exponentformat = "none" } },
            $"Line chart: {string.Join("; ", lines.Select(l => $"{l.Name} goes from {l.Costs[0]:0.####} to {l.Costs[^1]:0.####} in {l.Costs.Length} steps"))}.");
    }

    /// <summary>What more α buys and costs: content against style cost, a point for each painting.</summary>
    /// <param name="factors">By how much α was multiplied.</param>
    /// <param name="paintings">The painting of each.</param>
    public static Figure Trade(IReadOnlyList<double> factors, IReadOnlyList<Painting> paintings) => Figure.Of(
        [new
        {
            type = "scatter",
            mode = "lines+markers+text",
            x = paintings.Select(p => p.Costs.Content).ToArray(),
            y = paintings.Select(p => p.Costs.Style).ToArray(),
            text = factors.Select(f => $"α ×{f}").ToArray(),
            // Neighbours may lie close together: their labels stand above and below in turn.
            textposition = factors.Select((_, i) => i % 2 == 0 ? "top center" : "bottom center").ToArray(),
            cliponaxis = false,
        }],
        new { title = "Content against style", xaxis = new { title = "content cost" }, yaxis = new { title = "style cost", type = "log", dtick = 1, exponentformat = "none" } },
        $"Line chart: {string.Join("; ", factors.Zip(paintings, (f, p) => $"α times {f}: content cost {p.Costs.Content:0.##}, style cost {p.Costs.Style:0.####}"))}.");

    /// <summary>Which share of some numbers has changed, a bar for each kind of numbers.</summary>
    /// <param name="kinds">What the numbers are, how many have changed, and how many there are.</param>
    public static Figure Changed(params IReadOnlyList<(string Name, long Changed, long Total)> kinds) => Figure.Of(
        [new
        {
            type = "bar",
            orientation = "h",
            y = kinds.Select(k => k.Name).ToArray(),
            x = kinds.Select(k => 100.0 * k.Changed / k.Total).ToArray(),
            text = kinds.Select(k => $"{k.Changed:N0} of {k.Total:N0}").ToArray(),
            textposition = "auto",
            marker = new { color = Figure.Colours[0] },
        }],
        new { title = "What has changed?", height = 120.0 + 60 * kinds.Count, xaxis = new { title = "changed, %", rangemode = "tozero", ticksuffix = " %" } },
        $"Bar chart: {string.Join("; ", kinds.Select(k => $"{k.Name}: {k.Changed:N0} of {k.Total:N0} changed"))}.");

    /// <summary>What is left of each layer's style cost in some pictures, as grouped bars on a logarithmic scale.</summary>
    /// <param name="pictures">The name of each picture, and by layer its style cost as a share of the content picture's.</param>
    public static Figure ByLayer(IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Share)> pictures) => Figure.Of(
        pictures.Select(p => new { type = "bar", name = p.Name, x = p.Share.Keys.ToArray(), y = p.Share.Values.Select(v => 100 * v).ToArray() }),
        new { title = "Style cost that is left, layer by layer", barmode = "group", yaxis = new { title = "% of the content picture's", type = "log", dtick = 1, exponentformat = "none" }, legend = new { orientation = "h", y = -0.2 } },
        $"Bar chart: {string.Join("; ", pictures.Select(p => $"{p.Name}: {string.Join(", ", p.Share.Select(l => $"{l.Key} {l.Value:P1}"))}"))}.");

    /// <summary>A style matrix as a heat map: which channels fire together. Each entry is divided by both channels' own strength.</summary>
    /// <param name="styleMatrix">[nC,nC], from <see cref="Cost.StyleMatrix"/>.</param>
    /// <param name="title">The heading.</param>
    public static Figure StyleMatrix(Tensor styleMatrix, string title = "Style matrix")
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var g = styleMatrix.detach().to(float32).cpu();
        var strength = g.diagonal().clamp_min(1e-12).sqrt();
        var together = (g / strength.unsqueeze(1) / strength.unsqueeze(0)).contiguous();
        var n = (int)g.size(0);
        var numbers = together.data<float>().ToArray();
        var rows = Enumerable.Range(0, n).Select(r => numbers[(r * n)..((r + 1) * n)].Select(v => Math.Round(v, 3)).ToArray()).ToArray();
        return Figure.Of(
            [new { type = "heatmap", z = rows, colorscale = "Viridis", zmin = 0, zmax = 1, colorbar = new { title = "together" } }],
            new { title, height = 460, xaxis = new { title = "channel k'", constrain = "domain" }, yaxis = new { title = "channel k", autorange = "reversed", scaleanchor = "x", constrain = "domain" } },
            $"Heat map of a {n}×{n} style matrix: bright where two channels fire at the same places.");
    }
}
