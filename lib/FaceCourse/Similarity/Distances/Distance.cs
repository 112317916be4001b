using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>d(x, y): how far apart two encodings are. Losses, miners and evaluation take any of them.</summary>
/// <remarks>All are ≥ 0, 0 for equal encodings, and have a gradient of numbers (never NaN) where they are 0.</remarks>
public abstract class Distance
{
    /// <summary>‖x − y‖², the lecture's and FaceNet's: between encodings of length 1 it runs from 0 to 4.</summary>
    public static Distance SquaredL2 { get; } = new SquaredL2Distance();

    /// <summary>‖x − y‖, the root of the above: between encodings of length 1 it runs from 0 to 2.</summary>
    public static Distance L2 { get; } = new L2Distance();

    /// <summary>1 − x·y / (‖x‖‖y‖), from 0 (same direction) to 2 (opposite). An encoding of zeros is 1 from everything.</summary>
    public static Distance Cosine { get; } = new CosineDistance();

    /// <summary>What it is called on an axis of a chart.</summary>
    public abstract string Name { get; }

    /// <summary>The distances of N pairs, one by one.</summary>
    /// <param name="x">[N,D] (or [D]).</param>
    /// <param name="y">The same shape.</param>
    /// <returns>[N], of the encodings' type.</returns>
    public Tensor Between(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return OfPairs(x, y).MoveToOuterDisposeScope();
    }

    /// <summary>The distances of everything in <paramref name="x"/> to everything in <paramref name="y"/>, with one matrix product.</summary>
    /// <param name="x">[N,D].</param>
    /// <param name="y">[M,D]; <paramref name="x"/> itself when left out, and then the diagonal is exactly 0.</param>
    /// <returns>[N,M], of the encodings' type.</returns>
    /// <remarks>
    /// ‖x‖² + ‖y‖² − 2x·y takes a small number as the difference of large ones. So it is done in double precision, about the
    /// centre of the encodings (moving all of them changes no distance), and what is smaller than its rounding error is 0.
    /// </remarks>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Pairwise(Tensor x, Tensor? y = null)
    {
        if (x.dim() != 2 || (y is not null && (y.dim() != 2 || y.shape[1] != x.shape[1])))
            throw new ArgumentException($"a distance matrix takes encodings [N,D] and [M,D], not [{string.Join(',', x.shape)}]{(y is null ? "" : $" and [{string.Join(',', y.shape)}]")}");

        using var scope = NewDisposeScope();
        var wideX = x.to(float64);
        return Matrix(wideX, y is null ? wideX : y.to(float64)).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private protected abstract Tensor OfPairs(Tensor x, Tensor y);

    private protected abstract Tensor Matrix(Tensor x, Tensor y);

    private protected static Tensor SquaredMatrix(Tensor x, Tensor y)
    {
        var same = ReferenceEquals(x, y);
        var centre = x.detach().mean([0], keepdim: true);
        (x, y) = same ? (x - centre, x) : (x - centre, y - centre);
        if (same) y = x;
        var (nx, ny) = (x.square().sum(1, keepdim: true), y.square().sum(1).unsqueeze(0));
        var squared = nx + ny - (2 * x.matmul(y.t()));
        // 64 roundings of a double; a difference of one unit in the last place of a float32 is not seen either way.
        var real = squared.detach() > (nx.detach() + ny.detach()) * 1.4e-14;
        if (same) real = real.logical_and(eye(x.shape[0], dtype: @bool, device: x.device).logical_not());
        return squared * real;
    }

    // √ has an infinite slope at 0. There the distance has a corner, and 0 is one of its slopes.
    private protected static Tensor SafeRoot(Tensor squared)
    {
        var real = squared.detach() > 0;
        return where(real, squared, 1).sqrt() * real;
    }

    private protected static Tensor Directions(Tensor x) => x / x.norm(1, keepdim: true).clamp_min(1e-12);

    private sealed class SquaredL2Distance : Distance
    {
        public override string Name => "‖f(x) − f(y)‖²";

        private protected override Tensor OfPairs(Tensor x, Tensor y) => (x - y).square().sum(-1);

        private protected override Tensor Matrix(Tensor x, Tensor y) => SquaredMatrix(x, y);
    }

    private sealed class L2Distance : Distance
    {
        public override string Name => "‖f(x) − f(y)‖";

        private protected override Tensor OfPairs(Tensor x, Tensor y) => SafeRoot((x - y).square().sum(-1));

        private protected override Tensor Matrix(Tensor x, Tensor y) => SafeRoot(SquaredMatrix(x, y));
    }

    private sealed class CosineDistance : Distance
    {
        public override string Name => "1 − cos(f(x), f(y))";

        private protected override Tensor OfPairs(Tensor x, Tensor y) => x.dim() == 1
            ? OfPairs(x.unsqueeze(0), y.unsqueeze(0)).squeeze(0)
            : HalfSquared((Directions(x) - Directions(y)).square().sum(-1), x, y, aligned: true);

        private protected override Tensor Matrix(Tensor x, Tensor y)
        {
            var ux = Directions(x);
            return HalfSquared(SquaredMatrix(ux, ReferenceEquals(x, y) ? ux : Directions(y)), x, y, aligned: false);
        }

        // 1 − cos = ½‖u − v‖² for directions of length 1, which keeps the digits that 1 − 0.99999… loses.
        private static Tensor HalfSquared(Tensor squared, Tensor x, Tensor y, bool aligned)
        {
            var (emptyX, emptyY) = (IsZero(x), IsZero(y));
            var empty = aligned ? emptyX.logical_or(emptyY) : emptyX.unsqueeze(1).logical_or(emptyY.unsqueeze(0));
            return where(empty, ones_like(squared), squared / 2);
        }

        private static Tensor IsZero(Tensor x) => x.detach().norm(1) < 1e-12;
    }
}
