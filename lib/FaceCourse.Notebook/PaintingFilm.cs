using FaceCourse.Images;
using FaceCourse.Style;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Watches a style transfer and keeps every preview, to look through afterwards.</summary>
/// <example><code>var film = new PaintingFilm();
/// using var painting = StyleTransfer.Paint(net, content, style, new() { ReportEvery = 5 }, film);
/// film.ToWidget()</code></example>
/// <param name="start">The picture that the painting starts from, [3,H,W], values 0…1, or null.</param>
public sealed class PaintingFilm(Tensor? start = null) : IProgress<StyleStep>
{
    private readonly List<Tile> _frames = start is null ? [] : [new(ImageFile.ToDataUri(start), "before the first step")];

    /// <summary>The frames so far: a preview each, with step and cost.</summary>
    public IReadOnlyList<Tile> Frames => _frames;

    /// <summary>Takes a report; its preview is freed.</summary>
    public void Report(StyleStep value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Preview is not { } preview) return;
        using (preview) Add(preview, value.Step, value.Costs.Total);
    }

    /// <summary>Adds a frame of a loop that was written by hand.</summary>
    /// <param name="g">G, [3,H,W], values 0…1.</param>
    /// <param name="step">After how many steps.</param>
    /// <param name="total">J(G).</param>
    public void Add(Tensor g, int step, double total) => _frames.Add(new(ImageFile.ToDataUri(g), $"step {step}: J(G) = {total:0.####}", $"the picture G after step {step}"));

    /// <summary>The film with a slider over its steps, opened at the last one.</summary>
    /// <param name="width">The width of the picture in CSS pixels.</param>
    public Widget ToWidget(int width = 320) => PictureSlider.Of(_frames, "step", first: -1, width);
}
