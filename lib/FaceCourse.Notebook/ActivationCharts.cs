using FaceCourse.Activations;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>What units see, as pictures.</summary>
public static class ActivationCharts
{
    /// <summary>The patches that excite one unit most, strongest first.</summary>
    /// <param name="patches">What <see cref="TopPatches.Find"/> found.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="width">Width of each patch on the page.</param>
    public static ImageGrid NinePatches(TopPatches patches, string layer, int unit, int width = 84) =>
        new([.. patches.Of(layer, unit).Select((p, i) => new Tile(Uri(p.Pixels.to(float32) / 255), $"{p.Activation:0.#}", $"patch {i + 1} of picture {p.Picture}, activation {p.Activation:0.#}"))],
            width, $"{layer}, unit {unit}", pixelated: true);

    /// <summary>Some units of a layer side by side, each as a square of its nine best patches, as Zeiler and Fergus (2013) show them.</summary>
    /// <param name="patches">What <see cref="TopPatches.Find"/> found.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="units">The units; patches cut by a picture's edge are enlarged to the size of the others.</param>
    /// <param name="width">Width of each square on the page.</param>
    public static ImageGrid PatchSquares(TopPatches patches, string layer, IReadOnlyList<int> units, int width = 150) =>
        new([.. units.Select(u => new Tile(Square(patches.Of(layer, u)), $"unit {u}", $"the {patches.Of(layer, u).Count} patches that excite unit {u} of {layer} most"))], width, layer, pixelated: true);

    /// <summary>Feature maps of one photo, each scaled to its own largest value.</summary>
    /// <param name="activations">[1,C,H,W] or [C,H,W].</param>
    /// <param name="units">Which units.</param>
    /// <param name="layer">The layer's name, for the heading.</param>
    public static ImageGrid Maps(Tensor activations, IReadOnlyList<int> units, string layer)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var maps = (activations.dim() == 4 ? activations[0] : activations).detach().to(float32).cpu();
        return new([.. units.Select(u => new Tile(Uri(Grey(maps[u])), $"unit {u}", $"where unit {u} fires"))], 110, $"Feature maps of {layer}", pixelated: true);
    }

    /// <summary>What each layer makes of a photo: its nine strongest feature maps, with a slider over the layers.</summary>
    /// <param name="net">The network.</param>
    /// <param name="photo">[3,H,W], values 0…1.</param>
    /// <param name="layers">The layers, shallow to deep.</param>
    public static Widget LayerPicker(ConvNet net, Tensor photo, IReadOnlyList<string> layers)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return PictureSlider.Of([.. net.Activations(photo, layers).Select(a =>
        {
            var maps = a.Value[0].to(float32).cpu();
            var strongest = maps.amax([1, 2]).topk(Math.Min(9, (int)maps.size(0))).indexes.data<long>().ToArray();
            return new Tile(Nine([.. strongest.Select(u => Grey(maps[u]))], 130), $"{a.Key}: {maps.size(0)} maps of {maps.size(1)}×{maps.size(2)}; the nine strongest are units {string.Join(", ", strongest)}",
                $"the nine strongest feature maps of {a.Key}");
        })], "layer", width: 400);
    }

    /// <summary>A heat map (saliency, Grad-CAM) over its photo.</summary>
    /// <param name="photo">[3,H,W], values 0…1.</param>
    /// <param name="heat">[H,W], values 0…1.</param>
    /// <param name="caption">What it shows.</param>
    public static ImageGrid Over(Tensor photo, Tensor heat, string caption)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (p, h) = (photo.cpu(), heat.cpu().unsqueeze(0));
        // Dark and grey where nothing matters, the photo's own colours where it does: no colour scale to misread.
        var lit = Style.Colours.Luma(p) * 0.35 * (1 - h) + p * h;
        return new([new(Uri(p), "the photo"), new(Uri(lit.clamp(0, 1)), caption)], 240);
    }

    /// <summary>The lecture's ladder: receptive field, care for direction and care for arrangement, layer by layer.</summary>
    public static Figure Ladder(IReadOnlyList<LadderRung> rungs)
    {
        var layers = rungs.Select(r => r.Layer).ToArray();
        return Figure.Of(
            [
                new { type = "scatter", mode = "lines+markers", name = "cares which way an edge runs", x = layers, y = rungs.Select(r => r.Orientation).ToArray() },
                new { type = "scatter", mode = "lines+markers", name = "cares how things are arranged", x = layers, y = rungs.Select(r => r.Arrangement).ToArray(), line = new { dash = "dot" }, marker = new { symbol = "square", size = 9 } },
                new { type = "bar", name = "receptive field (pixels)", x = layers, y = rungs.Select(r => r.Field).ToArray(), yaxis = "y2", opacity = 0.35 },
            ],
            new { title = "From edges to objects, measured", yaxis = new { title = "not at all (0) to entirely (1)", rangemode = "tozero" }, yaxis2 = new { title = "receptive field, pixels", overlaying = "y", side = "right", automargin = true, showgrid = false }, legend = new { orientation = "h", y = -0.2 } },
            $"Line chart over layers: {string.Join("; ", rungs.Select(r => $"{r.Layer} sees {r.Field} pixels, direction {r.Orientation:0.00}, arrangement {r.Arrangement:0.00}"))}.");
    }

    private static string Square(IReadOnlyList<Patch> patches)
    {
        using var scope = NewDisposeScope();
        var side = (int)Math.Clamp(patches.Max(p => Math.Max(p.Box.Height, p.Box.Width)), 8, 64);
        return Nine([.. patches.Take(9).Select(p => p.Pixels.to(float32) / 255)], side);
    }

    /// <summary>Up to nine pictures as one, three in a row, parted by white lines.</summary>
    private static string Nine(IReadOnlyList<Tensor> pictures, int side)
    {
        var gap = Math.Max(1, side / 32);
        var whole = 3 * side + 2 * gap;
        var sheet = ones(3, whole, whole);
        foreach (var (picture, i) in pictures.Select((p, i) => (p, i)))
        {
            // Squares instead of a smooth blend: what is small is meant to look it.
            var pixels = nn.functional.interpolate(picture.unsqueeze(0), [side, side], mode: InterpolationMode.Nearest)[0];
            sheet.narrow(1, i / 3 * (side + gap), side).narrow(2, i % 3 * (side + gap), side).copy_(pixels);
        }

        return ImageFile.ToDataUri(sheet);
    }

    private static string Uri(Tensor picture)
    {
        using var copy = picture.cpu();
        return ImageFile.ToDataUri(copy);
    }

    private static Tensor Grey(Tensor map) => (map / map.max().clamp_min(1e-9)).unsqueeze(0).expand(3, -1, -1);
}
