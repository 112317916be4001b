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

    /// <summary>One report of a running transfer, to show in place of the one before; frees the preview.</summary>
    public static ImageGrid Preview(StyleStep step)
    {
        using var picture = step.Preview ?? throw new ArgumentException("This step has no preview; show those that have one.", nameof(step));
        return new([new(ImageFile.ToDataUri(picture), $"step {step.Step} of {step.Steps}, J(G) = {step.Costs.Total:0.####}, {step.Left.TotalSeconds:0} s left")], 320);
    }

    /// <summary>How the costs fell, on a logarithmic scale.</summary>
    public static Figure Costs(Painting painting)
    {
        var steps = painting.Curve.Select(s => s.Step).ToArray();
        object Line(string name, Func<StyleCosts, double> of) => new { type = "scatter", mode = "lines", name, x = steps, y = painting.Curve.Select(s => of(s.Costs)).ToArray() };
        return Figure.Of(
            [Line("α·content", c => painting.Alpha * c.Content), Line("β·style", c => painting.Beta * c.Style), Line("total J(G)", c => c.Total)],
            new { title = "Costs, step by step", xaxis = new { title = "step" }, yaxis = new { type = "log", title = "cost" } },
            $"The total cost falls from {painting.Curve[0].Costs.Total:0.###} to {painting.Costs.Total:0.####} in {painting.Curve.Count} steps.");
    }

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
            new { title, height = 460, xaxis = new { title = "channel k'" }, yaxis = new { title = "channel k", autorange = "reversed", scaleanchor = "x" } },
            $"Heat map of a {n}×{n} style matrix: bright where two channels fire at the same places.");
    }
}
