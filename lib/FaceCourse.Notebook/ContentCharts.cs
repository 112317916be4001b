namespace FaceCourse.Notebook;

/// <summary>How strongly layers mind a change of the picture, as curves.</summary>
public static class ContentCharts
{
    /// <summary>A curve per changed picture, over the layers.</summary>
    /// <param name="layers">The layers, shallow to deep.</param>
    /// <param name="changes">The name of each change, and a number for each layer.</param>
    /// <param name="title">What the numbers are.</param>
    public static Figure ByLayer(IReadOnlyList<string> layers, IReadOnlyList<(string Name, IReadOnlyList<double> Cost)> changes, string title = "Content cost (1 = a grey picture's)") => Figure.Of(
        changes.Select((c, i) => new { type = "scatter", mode = "lines+markers", name = c.Name, x = layers, y = c.Cost, marker = new { symbol = Symbol(i), size = 9 } }),
        new { title, showlegend = true, xaxis = new { title = "layer, shallow to deep" }, yaxis = new { rangemode = "tozero" }, legend = new { orientation = "h", y = -0.25 } },
        $"Line chart over layers: {string.Join("; ", changes.Select(c => $"{c.Name} {string.Join(", ", layers.Zip(c.Cost, (l, v) => $"{l} {v:0.00}"))}"))}.");

    /// <summary>A curve per layer, over how far the picture was moved.</summary>
    /// <param name="pixels">The shifts, in pixels.</param>
    /// <param name="layers">The name of each layer, and a cost for each shift.</param>
    public static Figure ByShift(IReadOnlyList<int> pixels, IReadOnlyList<(string Name, IReadOnlyList<double> Cost)> layers) => Figure.Of(
        layers.Select((l, i) => new { type = "scatter", mode = "lines+markers", name = l.Name, x = pixels, y = l.Cost, marker = new { symbol = Symbol(i), size = 9 } }),
        new { title = "How much each layer minds a shift", xaxis = new { title = "moved by, pixels", tickvals = pixels }, yaxis = new { title = "content cost (1 = a grey picture's)", rangemode = "tozero" }, legend = new { orientation = "h", y = -0.25 } },
        $"Line chart over shifts: {string.Join("; ", layers.Select(l => $"{l.Name} {string.Join(", ", pixels.Zip(l.Cost, (p, v) => $"{p} px {v:0.00}"))}"))}.");

    // Colour alone would not tell five lines apart for everybody.
    private static string Symbol(int index) => (index % 5) switch { 0 => "circle", 1 => "square", 2 => "diamond", 3 => "triangle-up", _ => "x" };
}
