using System.Globalization;
using FaceCourse.Convolutions;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Charts of 1-D and 3-D convolutions: EKG traces, filters, feature maps, surfaces in volumes.</summary>
public static class ConvolutionCharts
{
    // Enough points for a surface to be recognised, few enough for a page: 28³ numbers.
    private const int SurfaceSide = 28;

    /// <summary>An EKG trace with its beats, and those a network found.</summary>
    /// <param name="record">The trace and its labels.</param>
    /// <param name="detected">Detections, or null.</param>
    /// <param name="from">Where it begins, in seconds.</param>
    /// <param name="seconds">How much of it is drawn, in seconds.</param>
    /// <exception cref="ConvolutionException">There is no such part.</exception>
    public static Figure Ekg(EkgRecord record, IReadOnlyList<Beat>? detected = null, double from = 0, double seconds = 10)
    {
        var part = record.Part(from, from + seconds);
        var found = detected is null ? null : (record with { Beats = detected }).Part(from, from + seconds).Beats;
        List<object> traces = [Trace(part, from), .. Marks(part, part.Beats, from, "", 0.12, 0, "diamond", "square")];
        if (found is not null) traces.AddRange(Marks(part, found, from, "found: ", 0.3, 2, "triangle-down", "x"));
        return Figure.Of(
            traces,
            new { height = 360.0, xaxis = new { title = "seconds" }, yaxis = new { title = "millivolts" }, legend = new { orientation = "h", y = -0.36 } },
            $"EKG of {record.Name}, seconds {from:0.#} to {from + part.Duration.TotalSeconds:0.#}, with {part.Beats.Count} labelled beats ({part.Beats.Count(b => b.IsAbnormal)} abnormal){(found is null ? "" : $" and {found.Count} found ({found.Count(b => b.IsAbnormal)} as abnormal)")}.");
    }

    /// <summary>An EKG trace above what each filter answers to it, on one time axis.</summary>
    /// <param name="record">The trace.</param>
    /// <param name="activations">[filters, places] over the whole record, such as <see cref="BeatNet.FirstActivations"/>.</param>
    /// <param name="from">Where it begins, in seconds.</param>
    /// <param name="seconds">How much of it is drawn, in seconds.</param>
    /// <exception cref="ConvolutionException">There is no such part, or the activations are of another shape.</exception>
    public static Figure EkgActivations(EkgRecord record, Tensor activations, double from = 0, double seconds = 5)
    {
        if (activations.dim() != 2) throw new ConvolutionException($"Activations along a record are [filters, places]; these are [{string.Join(", ", activations.shape)}].");
        var part = record.Part(from, from + seconds);
        using var scope = NewDisposeScope();
        var rate = activations.shape[1] / record.Duration.TotalSeconds;
        var (first, count) = ((long)(from * rate), (long)(part.Duration.TotalSeconds * rate));
        var shown = activations.narrow(1, first, Math.Min(count, activations.shape[1] - first)).detach();
        // Each filter on its own scale, or the strongest would be all one sees.
        var scaled = shown / shown.amax([1L], keepdim: true).clamp_min(1e-9);
        return Figure.Of(
            [
                Trace(part, from),
                new
                {
                    type = "heatmap",
                    z = scaled,
                    x0 = from,
                    dx = 1 / rate,
                    yaxis = "y2",
                    colorscale = "Cividis",
                    showscale = false,
                    hovertemplate = "filter %{y}, %{x:.2f} s: %{z:.2f} of its largest<extra></extra>",
                },
            ],
            new
            {
                height = 480.0,
                showlegend = false,
                xaxis = new { title = "seconds", anchor = "y2" },
                yaxis = new { title = "mV", domain = Upper },
                yaxis2 = new { title = "filter", domain = Lower, autorange = "reversed" },
            },
            $"Above, {part.Duration.TotalSeconds:0.#} s of {record.Name}; below, a row for each of {activations.shape[0]} filters, bright where it answers: some at every R peak, some on the slope before or after it.");
    }

    /// <summary>One-dimensional filters as lines, one above the other.</summary>
    /// <param name="filters">[filters, places].</param>
    /// <param name="title">What they are.</param>
    public static Figure Filters(Tensor filters, string title)
    {
        using var scope = NewDisposeScope();
        var (count, width) = ((int)filters.shape[0], (int)filters.shape[1]);
        var numbers = (filters.detach().to(float32).cpu() / filters.detach().abs().max().cpu().clamp_min(1e-9)).contiguous().data<float>().ToArray();
        const int columns = 8;
        return Figure.Of(
            Enumerable.Range(0, count).Select(k => (object)new
            {
                type = "scatter",
                mode = "lines",
                x = Enumerable.Range(0, width).Select(i => ((k % columns) * 1.15) + (i / (double)Math.Max(1, width - 1))),
                y = Enumerable.Range(0, width).Select(i => numbers[(k * width) + i] - (2.3 * (k / columns))),
                name = $"filter {k}",
                line = new { width = 2.5, color = Figure.Colours[0] },
                hovertemplate = $"filter {k}<extra></extra>",
            }),
            new
            {
                title,
                showlegend = false,
                height = 110.0 + (110 * ((count + columns - 1) / columns)),
                xaxis = new { showticklabels = false, showgrid = false, zeroline = false },
                yaxis = new { showticklabels = false, showgrid = false, zeroline = false },
                annotations = Enumerable.Range(0, count).Select(k => new { x = ((k % columns) * 1.15) + 0.5, y = 1.12 - (2.3 * (k / columns)), text = $"{k}", showarrow = false, font = new { size = 11 } }),
            },
            $"{title}: {count} small curves of {width} weights each.");
    }

    /// <summary>Filters over frames or slices as pictures: blue for negative weights, orange for positive ones.</summary>
    /// <param name="filters">[filters, frames, height, width].</param>
    /// <param name="title">What they are.</param>
    public static ImageGrid FilterPictures(Tensor filters, string title)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var w = filters.detach().to(float32).cpu();
        w = w / w.abs().max().clamp_min(1e-9);
        var frames = (int)w.shape[1];
        // Around white: red and green fall with negative weights, green and blue with positive ones.
        Tensor Colour(Tensor v) => stack([1 + v.clamp_max(0), 1 - (v.abs() * 0.45), 1 - v.clamp_min(0)]);
        // A grey line between frames.
        var gap = full([3, w.shape[2], 1], 0.5f);
        return new ImageGrid(
            [.. Enumerable.Range(0, (int)w.shape[0]).Select(k => new Tile(
                ImageFile.ToDataUri(cat([.. Enumerable.Range(0, frames).SelectMany(t => t == 0 ? (Tensor[])[Colour(w[k, t])] : [gap, Colour(w[k, t])])], 2)),
                $"filter {k}", $"filter {k} over {frames} frames"))],
            44 * frames, title, pixelated: true);
    }

    /// <summary>Shares of right answers as bars, with what guessing gives as a line.</summary>
    /// <param name="chance">What guessing gives, 0…1.</param>
    /// <param name="bars">Names and shares, 0…1; the first stands out, the others are compared with it.</param>
    public static Figure Accuracies(double chance, params (string Name, double Share)[] bars) => Figure.Of(
        [
            new
            {
                type = "bar",
                x = bars.Select(b => b.Name),
                y = bars.Select(b => b.Share),
                text = bars.Select(b => b.Share.ToString("P0", CultureInfo.InvariantCulture)),
                textposition = "auto",
                marker = new { color = bars.Select((_, i) => Figure.Colours[i == 0 ? 0 : 1]) },
                hovertemplate = "%{x}: %{y:.1%}<extra></extra>",
            },
        ],
        new
        {
            height = 320.0,
            yaxis = new { title = "share right", tickformat = ".0%", rangemode = "tozero" },
            shapes = new[] { new { type = "line", x0 = 0, x1 = 1, xref = "paper", y0 = chance, y1 = chance, line = new { dash = "dash", color = "#767676" } } },
            annotations = new[] { new { x = 1, xref = "paper", y = chance, text = "guessing", showarrow = false, xanchor = "right", yanchor = "bottom" } },
        },
        $"Bars: {string.Join(", ", bars.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Name} {b.Share:P0}")))}; guessing gives {chance.ToString("P0", CultureInfo.InvariantCulture)}.");

    /// <summary>Surfaces of equal brightness in one or more volumes, each in a box that can be turned.</summary>
    /// <param name="panels">Names, voxels [depth, height, width] and the level, as a share from the smallest to the largest number, 0…1.</param>
    /// <exception cref="ConvolutionException">There is no volume, one is not three-dimensional, or a level is out of its range.</exception>
    public static Figure Surfaces(params (string Name, Tensor Voxels, double Level)[] panels)
    {
        if (panels.Length == 0 || panels.Any(p => p.Voxels.dim() != 3 || !(p.Level is > 0 and < 1)))
            throw new ConvolutionException("Surfaces are drawn in at least one volume [depth, height, width], at a level between 0 and 1.");
        var layout = Scenes(panels.Length, [.. panels.Select(p => p.Name)]);
        return Figure.Of(
            panels.Select((p, i) => Surface(p.Voxels, p.Level, i)), layout,
            $"Three-dimensional surfaces: {string.Join("; ", panels.Select(p => $"{p.Name} ({string.Join('×', p.Voxels.shape)})"))}.");
    }

    /// <summary>What a 3-D convolution does, in three boxes: the input, one filter (a dot per weight) and its feature map.</summary>
    /// <param name="input">[depth, height, width].</param>
    /// <param name="filter">[depth, height, width].</param>
    /// <param name="map">[depth, height, width].</param>
    /// <param name="inputLevel">Where the input's surface lies, as a share from its smallest to its largest number.</param>
    /// <param name="mapLevel">The same for the feature map.</param>
    public static Figure Convolved(Tensor input, Tensor filter, Tensor map, double inputLevel = 0.5, double mapLevel = 0.5)
    {
        using var scope = NewDisposeScope();
        var weights = filter.detach().to(float32).cpu();
        var most = Math.Max(weights.abs().max().item<float>(), 1e-9);
        var (x, y, z) = Grid(weights.shape);
        var values = weights.contiguous().data<float>().ToArray();
        string[] names = [$"input {string.Join('×', input.shape)}", $"filter {string.Join('×', filter.shape)}", $"feature map {string.Join('×', map.shape)}"];
        return Figure.Of(
            [
                Surface(input, inputLevel, 0),
                new
                {
                    type = "scatter3d",
                    mode = "markers",
                    scene = "scene2",
                    x,
                    y,
                    z,
                    marker = new { size = values.Select(v => 3 + (17 * Math.Abs(v) / most)), color = values, colorscale = Diverging, cmin = -most, cmax = most, opacity = 0.9, line = new { width = 0 } },
                    hovertemplate = "weight %{marker.color:.3f}<extra></extra>",
                },
                Surface(map, mapLevel, 2),
            ],
            Scenes(3, names),
            $"Three boxes: a surface in the {names[0]}; the {names[1]} as one dot per weight, orange for positive and blue for negative; a surface in the {names[2]}.");
    }

    private static readonly bool[] Kinds = [false, true];

    private static readonly double[] Upper = [0.66, 1], Lower = [0, 0.6], Vertical = [0.08, 1];

    private static readonly object[][] Depths = [[0.0, Figure.Colours[5]], [1.0, "#cde7f8"]];

    private static object[][] Diverging { get; } = [[0.0, Figure.Colours[0]], [0.5, "#bbbbbb"], [1.0, Figure.Colours[3]]];

    private static object Trace(EkgRecord part, double from) => new
    {
        type = "scatter",
        mode = "lines",
        name = "voltage",
        x0 = from,
        dx = 1 / part.SamplesPerSecond,
        y = part.Millivolts,
        line = new { width = 1.5, color = Figure.Colours[7] },
        hovertemplate = "%{x:.2f} s: %{y:.2f} mV<extra></extra>",
    };

    private static IEnumerable<object> Marks(EkgRecord part, IReadOnlyList<Beat> beats, double from, string prefix, double above, int colour, string normal, string abnormal)
        => Kinds.Where(odd => beats.Any(b => b.IsAbnormal == odd)).Select(odd => (object)new
        {
            type = "scatter",
            mode = "markers",
            name = prefix + (odd ? "abnormal beat" : "normal beat"),
            x = beats.Where(b => b.IsAbnormal == odd).Select(b => from + (b.Sample / part.SamplesPerSecond)),
            y = beats.Where(b => b.IsAbnormal == odd).Select(b => Top(part, b.Sample) + above),
            text = beats.Where(b => b.IsAbnormal == odd).Select(b => b.Symbol.ToString()),
            marker = new { size = 10, symbol = odd ? abnormal : normal, color = Figure.Colours[colour + (odd ? 1 : 0)] },
            hovertemplate = "%{text} at %{x:.2f} s<extra></extra>",
        });

    // The trace's highest point within 60 ms: a detection a few samples beside the peak is drawn above it, not on its slope.
    private static float Top(EkgRecord part, int sample)
    {
        var reach = (int)(0.06 * part.SamplesPerSecond);
        return part.Millivolts[Math.Max(0, sample - reach)..Math.Min(part.Millivolts.Length, sample + reach + 1)].Max();
    }

    private static object Surface(Tensor voxels, double level, int index)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var v = voxels.detach().to(float32).cpu();
        var most = v.shape.Max();
        if (most > SurfaceSide)
        {
            var sides = v.shape.Select(n => Math.Max(2, n * SurfaceSide / most)).ToArray();
            v = nn.functional.adaptive_avg_pool3d(v.unsqueeze(0), sides)[0];
        }

        var (low, high) = (v.min().item<float>(), v.max().item<float>());
        var at = low + (level * (high - low));
        var (x, y, z) = Grid(v.shape, voxels.shape);
        return new
        {
            type = "isosurface",
            scene = Scene(index),
            x,
            y,
            z,
            value = v.contiguous().data<float>().ToArray(),
            isomin = at,
            isomax = high,
            surface = new { count = 1 },
            caps = new { x = new { show = true }, y = new { show = true }, z = new { show = true } },
            colorscale = Depths,
            cmin = at,
            cmax = high + 1e-6,
            showscale = false,
            lighting = new { ambient = 0.65, diffuse = 0.7, specular = 0.1, facenormalsepsilon = 0 },
            flatshading = false,
            hoverinfo = "skip",
        };
    }

    // Each voxel's place along x, y and z, in the order of the tensor, in units of the original voxels.
    private static (double[] X, double[] Y, double[] Z) Grid(long[] shape, long[]? original = null)
    {
        var scale = shape.Select((n, i) => (original ?? shape)[i] / (double)n).ToArray();
        var count = (int)(shape[0] * shape[1] * shape[2]);
        var (x, y, z) = (new double[count], new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            (x[i], y[i], z[i]) = (Math.Round(i % shape[2] * scale[2], 2), Math.Round(i / shape[2] % shape[1] * scale[1], 2), Math.Round(i / (shape[1] * shape[2]) * scale[0], 2));
        }

        return (x, y, z);
    }

    private static string Scene(int index) => index == 0 ? "scene" : $"scene{index + 1}";

    private static Dictionary<string, object> Scenes(int count, string[] names)
    {
        var layout = new Dictionary<string, object> { ["height"] = 400.0, ["showlegend"] = false, ["margin"] = new { l = 0, r = 0, t = 10, b = 10 } };
        object Axis(string title) => new { title = new { text = title }, backgroundcolor = "rgba(0,0,0,0)", gridcolor = "rgba(128,128,128,0.3)", showspikes = false, nticks = 4 };
        // A little farther away than usual: the boxes are narrow.
        var camera = new { eye = new { x = 1.75, y = 1.75, z = 1.0 } };
        for (var i = 0; i < count; i++)
        {
            layout[Scene(i)] = new { domain = new { x = new[] { i / (double)count, (i + 0.96) / count }, y = Vertical }, aspectmode = "data", camera, xaxis = Axis("x"), yaxis = Axis("y"), zaxis = Axis("z") };
        }

        layout["annotations"] = names.Select((name, i) => new { text = name, x = (i + 0.48) / count, y = 0.0, xref = "paper", yref = "paper", xanchor = "center", yanchor = "bottom", showarrow = false });
        return layout;
    }
}
