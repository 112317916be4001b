using FaceCourse.Images;
using FaceCourse.Style;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Watches a style transfer: shows every preview while it runs, and keeps them all to look through afterwards.</summary>
/// <example><code>var film = new PaintingFilm(content);
/// var screen = film.Latest.Display();                // one output, which moves
/// film.Live = picture => screen.Update(picture);
/// using var painting = StyleTransfer.Paint(net, content, style, new() { ReportEvery = 5 }, film);
/// film.ToWidget()</code></example>
/// <param name="start">The picture that the painting starts from, [3,H,W], values 0…1, or null.</param>
public sealed class PaintingFilm(Tensor? start = null) : IProgress<StyleStep>
{
    private readonly List<Tile> _frames = start is null ? [] : [new(ImageFile.ToDataUri(start), "before the first step")];

    /// <summary>Told of each new frame as it comes, as a picture to show in place of the one before.</summary>
    public Action<ImageGrid>? Live { get; set; }

    /// <summary>The newest frame, or a grey square before there is one.</summary>
    public ImageGrid Latest => Grid(_frames.Count > 0 ? _frames[^1] : Waiting());

    /// <summary>The frames so far: a preview each, with step and cost.</summary>
    public IReadOnlyList<Tile> Frames => _frames;

    /// <summary>Takes a report; its preview is freed.</summary>
    public void Report(StyleStep value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Preview is not { } preview) return;
        using (preview) _frames.Add(Frame(preview, value.Step, value.Costs.Total));
        Live?.Invoke(Grid(_frames[^1] with { Caption = $"{_frames[^1].Caption}, {value.Left.TotalSeconds:0} s left" }));
    }

    /// <summary>Adds a frame of a loop that was written by hand.</summary>
    /// <param name="g">G, [3,H,W], values 0…1.</param>
    /// <param name="step">After how many steps.</param>
    /// <param name="total">J(G).</param>
    public void Add(Tensor g, int step, double total)
    {
        _frames.Add(Frame(g, step, total));
        Live?.Invoke(Latest);
    }

    /// <summary>The film with a slider over its steps, opened at the last one.</summary>
    /// <param name="width">The width of the picture in CSS pixels.</param>
    public Widget ToWidget(int width = 320) => PictureSlider.Of(_frames, "step", first: -1, width);

    private static Tile Frame(Tensor g, int step, double total) => new(ImageFile.ToDataUri(g), $"step {step}: J(G) = {total:0.####}", $"the picture G after step {step}");

    private static ImageGrid Grid(Tile frame) => new([frame], 320);

    private static Tile Waiting()
    {
        using var grey = full([3, 64, 64], 0.5f);
        return new(ImageFile.ToDataUri(grey), "before the first step");
    }
}
