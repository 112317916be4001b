using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Cuts a rectangle out of a photo and makes it a square of a given size, padded with black.</summary>
internal static class FaceCrop
{
    /// <param name="pixels">[3,H,W].</param>
    /// <param name="crop">Whole pixels inside the photo, at least 1×1.</param>
    /// <param name="size">Side of the result.</param>
    /// <param name="centred">Whether the padding goes to both sides, or only to the right or bottom.</param>
    /// <returns>[3,size,size].</returns>
    public static Tensor Square(Tensor pixels, (int X, int Y, int Width, int Height) crop, int size, bool centred)
    {
        using var scope = NewDisposeScope();
        var x = pixels.slice(1, crop.Y, crop.Y + crop.Height, 1).slice(2, crop.X, crop.X + crop.Width, 1);
        var side = Math.Max(crop.Width, crop.Height);
        return Along(Along(x, 1, side, size, centred), 2, side, size, centred).contiguous().MoveToOuterDisposeScope();
    }

    // As Resample.BilinearFromCorner on the padded square, without ever making the square: a photo may be large.
    private static Tensor Along(Tensor x, int dimension, int side, int size, bool centred)
    {
        var length = x.shape[dimension];
        var before = side - length - (long)Round((side - length) * (centred ? 0.5 : 1));
        if (side == size && length == size) return x;

        var at = arange(size, dtype: float32).mul((float)side / size);
        var low = at.floor();
        var view = dimension == 1 ? new long[] { 1, -1, 1 } : [1, 1, -1];
        return Rows(low).lerp(Rows(low.add(1).clamp_max(side - 1)), at.sub(low).view(view));

        Tensor Rows(Tensor index)
        {
            var inside = index.to(int64).sub(before);
            var rows = x.index_select(dimension, inside.clamp(0, length - 1));
            return length == side ? rows : rows.mul(inside.ge(0).logical_and(inside.lt(length)).to(float32).view(view));
        }
    }

    /// <summary>JavaScript's Math.round: halves go up.</summary>
    public static double Round(double value) => Math.Floor(value + 0.5);
}
