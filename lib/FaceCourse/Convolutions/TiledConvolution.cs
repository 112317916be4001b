using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>One layer of a network that runs in tiles.</summary>
/// <param name="Geometry">How its filter reaches and moves; pooling is told in the same terms.</param>
/// <param name="Apply">Computes it on [N, C, sides…] without padding of its own: the tiles bring their padding along. Activations belong in here.</param>
public sealed record TiledLayer(ConvolutionLayer Geometry, Func<Tensor, Tensor> Apply)
{
    /// <summary>A convolution, and what follows it number by number.</summary>
    /// <param name="weight">[filters, C, kernel sides…].</param>
    /// <param name="bias">[filters], or null.</param>
    /// <param name="stride">How far the filter moves.</param>
    /// <param name="padding">Zeros on either end.</param>
    /// <param name="dilation">The distance between the filter's neighbours.</param>
    /// <param name="then">An activation such as ReLU, or null.</param>
    public static TiledLayer Of(Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, Func<Tensor, Tensor>? then = null)
        => new(new ConvolutionLayer(weight.shape[2..], weight.shape[0], stride, padding, dilation), x =>
        {
            var y = FastConvolution.Apply(x, weight, bias, stride, 0, dilation);
            return then is null ? y : then(y);
        });
}

/// <summary>Convolutions on inputs larger than memory, in overlapping tiles, with the same result as in one piece.</summary>
/// <remarks>
/// Each tile of the output asks backwards, layer by layer, which part of the input it needs: the tiles' inputs overlap by the
/// filters' reach. Zeros are padded only where a layer's part sticks out of the whole, never at a seam, so nothing shows there.
/// </remarks>
public static class TiledConvolution
{
    /// <summary>Runs layers over an input that is read and an output that is written one tile at a time.</summary>
    /// <param name="input">The whole input's shape.</param>
    /// <param name="layers">The network, at least one layer.</param>
    /// <param name="read">Gives a box of the input as [1, C, sides…].</param>
    /// <param name="write">Takes a box of the output as [1, filters, sides…]; the tensor is disposed afterwards.</param>
    /// <param name="tile">The longest side of an output tile.</param>
    /// <param name="progress">Told how many tiles are done, and of how many.</param>
    /// <param name="ct">Stops between two tiles.</param>
    /// <exception cref="ConvolutionException">A layer does not fit, or the tile is below 1.</exception>
    public static void Run(FeatureShape input, IReadOnlyList<TiledLayer> layers, Func<Region, Tensor> read, Action<Region, Tensor> write, int tile = 64, IProgress<(long Done, long Total)>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        if (tile < 1) throw new ConvolutionException($"A tile has a side of at least 1, not {tile}.");
        var output = OutputOf(input, layers, out var sides);
        var total = output.Sides.Aggregate(1L, (a, n) => a * ((n + tile - 1) / tile));
        var done = 0L;
        foreach (var box in Region.Tiles(output.Sides, tile))
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var _ = inference_mode();
            write(box, One(box, layers, sides, read));
            progress?.Report((++done, total));
        }
    }

    /// <summary>The same for an input in memory: [1, C, sides…] to [1, filters, sides…].</summary>
    /// <inheritdoc cref="Run"/>
    public static Tensor Apply(Tensor input, IReadOnlyList<TiledLayer> layers, int tile = 64)
    {
        if (input.dim() is < 3 or > 5 || input.shape[0] != 1) throw new ConvolutionException("One input at a time runs in tiles: [1, channels, one to three sides].");
        var shape = new FeatureShape(input.shape[2..], input.shape[1]);
        var output = OutputOf(shape, layers, out var _);
        var result = empty([1, output.Channels, .. output.Sides], input.dtype, input.device);
        Run(shape, layers, box => Part(input, box), (box, y) => Part(result, box).copy_(y), tile);
        return result;
    }

    /// <summary>The shape that layers make of an input.</summary>
    /// <exception cref="ConvolutionException">A layer does not fit; the message says why.</exception>
    public static FeatureShape OutputOf(FeatureShape input, IReadOnlyList<TiledLayer> layers) => OutputOf(input, layers, out _);

    /// <summary>The box of a tensor [N, C, sides…], as a view.</summary>
    public static Tensor Part(Tensor whole, Region box)
    {
        for (var i = 0; i < box.Start.Count; i++) whole = whole.narrow(2 + i, box.Start[i], box.Size[i]);
        return whole;
    }

    private static FeatureShape OutputOf(FeatureShape input, IReadOnlyList<TiledLayer> layers, out List<IReadOnlyList<long>> sides)
    {
        if (layers.Count == 0) throw new ConvolutionException("There is no layer to run.");
        sides = [input.Sides];
        foreach (var layer in layers)
        {
            input = layer.Geometry.On(input).Output;
            sides.Add(input.Sides);
        }

        return input;
    }

    private static Tensor One(Region box, IReadOnlyList<TiledLayer> layers, List<IReadOnlyList<long>> sides, Func<Region, Tensor> read)
    {
        // Backwards: the part of each layer's input that the box needs, and how far it sticks out at either end.
        var pads = new long[layers.Count][];
        for (var l = layers.Count - 1; l >= 0; l--)
        {
            var g = layers[l].Geometry;
            var (start, size, pad) = (new long[sides[l].Count], new long[sides[l].Count], new List<long>());
            for (var i = 0; i < start.Length; i++)
            {
                var from = (box.Start[i] * g.Stride) - g.Padding;
                var to = from + ((box.Size[i] - 1) * g.Stride) + g.Reach(i);
                // A part that lies wholly in the padding still reads one place, which the crop below removes again.
                start[i] = Math.Clamp(from, 0, sides[l][i] - 1);
                size[i] = Math.Clamp(to, 1, sides[l][i]) - start[i];
                if (size[i] < 1) (start[i], size[i]) = (Math.Min(start[i], sides[l][i] - 1), 1);
                // torch pads the last direction first.
                pad.InsertRange(0, [start[i] - from, to - (start[i] + size[i])]);
            }

            pads[l] = [.. pad];
            box = new Region(start, size);
        }

        var x = read(box);
        for (var l = 0; l < layers.Count; l++) x = layers[l].Apply(Padded(x, pads[l]));
        return x;
    }

    // Zeros where a pad is positive, a crop where it is negative; zeros first, since the crop may be wider than the tile.
    private static Tensor Padded(Tensor x, long[] pads)
    {
        if (Array.TrueForAll(pads, p => p == 0)) return x;
        x = nn.functional.pad(x, [.. pads.Select(p => Math.Max(p, 0))]);
        for (var i = 0; i < pads.Length; i += 2)
        {
            var (first, last) = (Math.Max(-pads[i], 0), Math.Max(-pads[i + 1], 0));
            var direction = x.dim() - 1 - (i / 2);
            if (first + last > 0) x = x.narrow(direction, first, x.shape[direction] - first - last);
        }

        return x;
    }
}
