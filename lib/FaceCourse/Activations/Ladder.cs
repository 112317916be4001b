using FaceCourse.ConvNets;
using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>One rung of the lecture's ladder: what the units of a layer depend on, in numbers.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Field">Side of its receptive field, in pixels.</param>
/// <param name="Orientation">How much its units care which way an edge runs, 0 (not at all) … 1 (one direction only); the median unit.</param>
/// <param name="Arrangement">How much its answers change when a photo's 16-pixel tiles are shuffled, 0 (not at all) … 1.</param>
public sealed record LadderRung(string Layer, int Field, double Orientation, double Arrangement);

/// <summary>The lecture's ladder (edges, textures, patterns, parts, objects), measured.</summary>
public static class Ladder
{
    private const int Tile = 16;
    private static readonly double[] Widths = [4, 8, 16];

    /// <summary>Measures some layers.</summary>
    /// <remarks>
    /// Orientation: gratings of 12 directions, 3 widths and 4 phases; a unit's selectivity is |Σ r(θ)·e^{2iθ}| / Σ r(θ) for
    /// its mean answer r above its smallest. Arrangement: units that see colour and texture alone answer to a shuffled
    /// photo as to the photo; the number is 1 − the correlation of each unit's mean answers to both, over the photos.
    /// </remarks>
    /// <param name="net">The network.</param>
    /// <param name="layers">The layers, shallow to deep.</param>
    /// <param name="photos">At least three photos of one size, [3,H,W] each, sides at least 96.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    public static IReadOnlyList<LadderRung> Measure(ConvNet net, IReadOnlyList<string> layers, IReadOnlyList<Tensor> photos, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(photos);
        if (photos.Count < 3) throw new ArgumentException("The ladder takes at least three photos to measure on.", nameof(photos));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var directions = Enumerable.Range(0, 12).Select(i => net.Activations(Gratings(Math.PI * i / 12), layers)
            .ToDictionary(a => a.Key, a => a.Value.to(float32).mean([0, 2, 3]))).ToArray();
        var whole = net.Activations(stack(photos), layers);
        var shuffled = net.Activations(stack(photos.Select((p, i) => Shuffled(p, seed + i))), layers);
        return [.. layers.Select(layer => new LadderRung(layer, net.FieldOf(layer).Size,
            Selectivity([.. directions.Select(d => d[layer])]), Changed(whole[layer], shuffled[layer])))];
    }

    private static Tensor Gratings(double angle)
    {
        const int side = 96;
        var x = arange(side, dtype: float32).unsqueeze(0) * Math.Cos(angle) + arange(side, dtype: float32).unsqueeze(1) * Math.Sin(angle);
        var all = from width in Widths
                  from phase in Enumerable.Range(0, 4)
                  select 0.5 + 0.5 * (x * (2 * Math.PI / width) + phase * Math.PI / 2).sin();
        return stack(all).unsqueeze(1).expand(-1, 3, -1, -1).to(TorchRuntime.Device);
    }

    private static double Selectivity(Tensor[] answers)
    {
        var r = stack(answers);
        r = r - r.amin([0], keepdim: true);
        var angles = tensor(Enumerable.Range(0, 12).Select(i => (float)(2 * Math.PI * i / 12)).ToArray(), device: r.device).unsqueeze(1);
        var sum = r.sum([0]);
        var alive = sum > 1e-6;
        if (!alive.any().ToBoolean()) return 0;
        var length = ((r * angles.cos()).sum([0]).square() + (r * angles.sin()).sum([0]).square()).sqrt() / sum.clamp_min(1e-6);
        return length.masked_select(alive).median().ToDouble();
    }

    private static double Changed(Tensor whole, Tensor shuffled)
    {
        var (a, b) = (whole.to(float32).mean([2, 3]), shuffled.to(float32).mean([2, 3]));
        var (x, y) = (a - a.mean([0], keepdim: true), b - b.mean([0], keepdim: true));
        var correlation = (x * y).sum([0]) / ((x.square().sum([0]) * y.square().sum([0])).sqrt() + 1e-12);
        return Math.Clamp(1 - correlation.mean().ToDouble(), 0, 1);
    }

    private static Tensor Shuffled(Tensor photo, int seed)
    {
        var (rows, columns) = (photo.size(1) / Tile, photo.size(2) / Tile);
        if (rows * columns < 4) throw new ArgumentException($"A photo of {photo.size(2)}×{photo.size(1)} pixels is too small to shuffle; take one of at least 96×96.");
        var tiles = photo.narrow(1, 0, rows * Tile).narrow(2, 0, columns * Tile).reshape(3, rows, Tile, columns, Tile).permute(1, 3, 0, 2, 4).reshape(-1, 3, Tile, Tile);
        long[] order = [.. Enumerable.Range(0, (int)(rows * columns)).Select(i => (long)i)];
        new Random(seed).Shuffle(order);
        var result = photo.clone();
        var mixed = tiles.index_select(0, tensor(order, device: tiles.device)).reshape(rows, columns, 3, Tile, Tile).permute(2, 0, 3, 1, 4).reshape(3, rows * Tile, columns * Tile);
        result.narrow(1, 0, rows * Tile).narrow(2, 0, columns * Tile).copy_(mixed);
        return result;
    }
}
