using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets.Training;

/// <summary>Endless small squares out of a set of pictures: other sizes, mirrored, other light and colour, sometimes two mixed.</summary>
/// <param name="pictures">[3,H,W] each, RGB, values 0…1.</param>
/// <param name="side">Side of a square, in pixels.</param>
/// <param name="seed">The same seed gives the same squares.</param>
internal sealed class RandomCrops(IReadOnlyList<Tensor> pictures, int side, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The next squares, [count,3,side,side].</summary>
    public Tensor Next(int count)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return stack(Enumerable.Range(0, count).Select(_ => Coloured(_random.NextDouble() < 0.25 ? Mixed() : One()))).MoveToOuterDisposeScope();
    }

    private Tensor Mixed()
    {
        var share = 0.3 + 0.4 * _random.NextDouble();
        return One() * share + One() * (1 - share);
    }

    private Tensor One()
    {
        var picture = pictures[_random.Next(pictures.Count)];
        var (h, w) = ((int)picture.size(1), (int)picture.size(2));
        var cut = (int)Math.Clamp(side * Math.Pow(2, 2.2 * _random.NextDouble() - 0.6), 16, Math.Min(h, w));
        var crop = picture.narrow(1, _random.Next(h - cut + 1), cut).narrow(2, _random.Next(w - cut + 1), cut);
        var square = cut > side ? Resample.Area(crop, side, side) : Resample.Bilinear(crop, side, side);
        if (_random.Next(2) == 0) square = square.flip(2);
        if (_random.Next(8) == 0) square = square.transpose(1, 2);
        return square;
    }

    private Tensor Coloured(Tensor square)
    {
        if (_random.Next(3) == 0)
        {
            long[] order = [0, 1, 2];
            _random.Shuffle(order);
            square = square.index_select(0, tensor(order));
        }

        var gain = tensor(Enumerable.Range(0, 3).Select(_ => (float)(0.7 + 0.6 * _random.NextDouble())).ToArray()).view(3, 1, 1);
        return (square.clamp_min(1e-4).pow(0.7 + 0.7 * _random.NextDouble()) * gain).clamp(0, 1);
    }
}
