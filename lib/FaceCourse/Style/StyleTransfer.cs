using System.Diagnostics;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>Neural style transfer (Gatys, Ecker, Bethge 2015): the pixels of G are moved until J(G) is small; no weight changes.</summary>
/// <example><code>using var painting = StyleTransfer.Paint(net, photo, starryNight, new() { Size = 256, Steps = 100 });</code></example>
public static class StyleTransfer
{
    /// <summary>Paints one picture's content in another one's style.</summary>
    /// <remarks>The picture grows through the settings' levels: the coarse ones are cheap and place the large strokes.</remarks>
    /// <param name="net">The network that looks.</param>
    /// <param name="content">C, [3,H,W], RGB, values 0…1, of any size.</param>
    /// <param name="style">S, [3,H',W'], RGB, values 0…1, of any size.</param>
    /// <param name="settings">How; null takes all defaults.</param>
    /// <param name="progress">Told about every step; every <see cref="StyleSettings.ReportEvery"/> steps with a preview.</param>
    /// <param name="ct">Stops after the current step; the best picture so far is returned, and says so.</param>
    /// <returns>The best picture found; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Settings or pictures that cannot work; the message says what to change.</exception>
    public static Painting Paint(ConvNet net, Tensor content, Tensor style, StyleSettings? settings = null, IProgress<StyleStep>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        ArgumentNullException.ThrowIfNull(net);
        settings ??= new();
        settings.Check();
        CheckPicture(content, "content");
        CheckPicture(style, "style");
        if (settings.StartPicture is { } start) CheckPicture(start, "start");

        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var smallest = SmallestSide(net, settings);
        var sizes = Sizes(content, settings, smallest);
        var steps = Share(settings.Steps, sizes.Count);
        var work = new Work(sizes.Zip(steps, (s, n) => (double)s.Height * s.Width * n).Sum(), settings.Steps, settings.ReportEvery, progress, clock);

        Tensor? g = null;
        Canvas? canvas = null;
        for (var level = 0; level < sizes.Count && canvas?.Stopped is null; level++)
        {
            var (height, width) = sizes[level];
            using var inner = NewDisposeScope();
            var c = Resize(content, height, width);
            var s = ResizeStyle(style, Math.Max(height, width) * settings.StyleScale, smallest);
            using var problem = new StyleProblem(net, c, s, ForLevel(settings, (height, width), sizes[^1]));
            var from = g is null ? First(settings, c) : Resize(g, height, width);
            canvas = new Canvas(problem, from, c, settings, work);
            canvas.Run(steps[level], ct);
            g = canvas.Best.MoveToOuterDisposeScope();
        }

        // Cut short at a coarse level: still the size that was asked for.
        var picture = Resize(g!, sizes[^1].Height, sizes[^1].Width).clamp(0, 1);
        var original = Resize(content, sizes[^1].Height, sizes[^1].Width);
        if (settings.KeepColours) picture = Colours.Recolour(picture, original);
        if (settings.Mask is { } mask)
        {
            var where = StyleProblem.MaskAt(mask, sizes[^1].Height, sizes[^1].Width).to(picture.device);
            picture = original + (picture - original) * where;
        }

        return new(picture.cpu().DetachFromDisposeScope(), canvas!.BestCosts, canvas.FirstCosts, work.Curve,
            canvas.Problem.Alpha, canvas.Problem.Beta, canvas.Problem.Lambda, clock.Elapsed, canvas.Stopped);
    }

    /// <summary>A picture brought to another one's size, to compare the two pixel by pixel.</summary>
    /// <param name="picture">[3,H,W], values 0…1.</param>
    /// <param name="like">The picture whose height and width it gets.</param>
    /// <returns>[3,H',W'], on the CPU.</returns>
    public static Tensor Fit(Tensor picture, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        CheckPicture(picture, "given");
        using var scope = NewDisposeScope();
        return Resize(picture, (int)like.size(-2), (int)like.size(-1)).cpu().MoveToOuterDisposeScope();
    }

    private static void CheckPicture(Tensor picture, string which)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.dim() != 3 || picture.size(0) != 3 || picture.numel() == 0)
        {
            throw new ArgumentException($"The {which} picture must be RGB of shape [3,H,W], not [{string.Join(",", picture.shape)}].");
        }

        using var scope = NewDisposeScope();
        var (least, most) = (picture.min().to(float32).item<float>(), picture.max().to(float32).item<float>());
        if (least < -0.5 || most > 1.5)
        {
            throw new ArgumentException($"The {which} picture's values must lie between 0 and 1; these go from {least:0.##} to {most:0.##}. Divide a picture of 8-bit values by 255.");
        }
    }

    private static long SmallestSide(ConvNet net, StyleSettings settings) =>
        (settings.Lambda?.Keys ?? StyleLayers.Style(net)).Append(settings.ContentLayer ?? StyleLayers.Content(net)).Max(net.SmallestSide);

    /// <summary>The sizes the picture grows through, smallest first.</summary>
    private static List<(int Height, int Width)> Sizes(Tensor content, StyleSettings settings, long smallest)
    {
        var (h, w) = (content.size(1), content.size(2));
        var scale = Math.Max((double)settings.Size / Math.Max(h, w), (double)smallest / Math.Min(h, w));
        if (Math.Max(h, w) * scale > Math.Max(16 * settings.Size, 512))
        {
            throw new ArgumentException($"The content picture of {w}×{h} pixels is too narrow: its short side must show {smallest} pixels, which makes the long one {Math.Max(h, w) * scale:0}. Crop it.");
        }

        List<(int, int)> sizes = [];
        for (var level = 0; level < settings.Levels; level++)
        {
            var (height, width) = ((int)Math.Round(h * scale), (int)Math.Round(w * scale));
            if (level > 0 && Math.Min(height, width) < Math.Max(smallest, 32)) break;
            sizes.Insert(0, (height, width));
            scale /= 2;
        }

        return sizes;
    }

    /// <summary>Steps per level: each finer one gets two thirds of the one before, since it has less left to do.</summary>
    private static int[] Share(int steps, int levels)
    {
        var weights = Enumerable.Range(0, levels).Select(l => Math.Pow(2.0 / 3, l)).ToArray();
        var shares = weights.Select(w => Math.Max(1, (int)Math.Round(steps * w / weights.Sum()))).ToArray();
        shares[^1] = Math.Max(1, steps - shares[..^1].Sum());
        return shares;
    }

    /// <summary>The lecture's content cost is a sum over the picture: at a smaller size, the same α means less, so it grows.</summary>
    private static StyleSettings ForLevel(StyleSettings settings, (int Height, int Width) now, (int Height, int Width) last) =>
        settings is { Alpha: { } alpha, Normalisation: Normalisation.Lecture }
            ? settings with { Alpha = alpha * last.Height * last.Width / ((double)now.Height * now.Width) }
            : settings;

    private static Tensor First(StyleSettings settings, Tensor c) => settings switch
    {
        { StartPicture: { } picture } => Resize(picture, (int)c.size(1), (int)c.size(2)),
        { Start: StartFrom.Noise } => (0.5 + 0.15 * randn(c.shape, generator: new Generator((ulong)settings.Seed))).clamp(0, 1).to(c.device),
        _ => c.clone(),
    };

    private static Tensor ResizeStyle(Tensor style, double longest, long smallest)
    {
        var (h, w) = (style.size(1), style.size(2));
        var scale = Math.Max(longest / Math.Max(h, w), (double)smallest / Math.Min(h, w));
        return Resize(style, (int)Math.Min(Math.Round(h * scale), 8192), (int)Math.Min(Math.Round(w * scale), 8192));
    }

    private static Tensor Resize(Tensor picture, int height, int width)
    {
        var on = picture.to(float32, TorchRuntime.Device);
        if (on.size(1) == height && on.size(2) == width) return on;
        return height < on.size(1) ? Resample.Area(on, height, width) : Resample.Bilinear(on, height, width);
    }

    /// <summary>What is known about the whole run: how much is done and how long the rest takes.</summary>
    internal sealed class Work(double all, int steps, int reportEvery, IProgress<StyleStep>? progress, Stopwatch clock)
    {
        private double _done;

        public List<StyleStep> Curve { get; } = [];

        public void Report(StyleCosts costs, Tensor g)
        {
            var (height, width) = ((int)g.size(1), (int)g.size(2));
            _done += (double)height * width;
            var left = TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds * Math.Max(0, all / _done - 1));
            var step = new StyleStep(Curve.Count + 1, steps, width, height, costs, left, null);
            Curve.Add(step);
            if (progress is null) return;
            var preview = step.Step % reportEvery == 0 || step.Step == steps ? g.detach().cpu().clone().DetachFromDisposeScope() : null;
            progress.Report(step with { Preview = preview });
        }
    }
}
