namespace FaceCourse.ConvNets;

/// <summary>The square of input pixels that one output unit sees: a convolution, a pooling, or a chain of them.</summary>
/// <remarks>
/// A chain of windows is a window again, which is the whole arithmetic of receptive fields: unit (y, x) of the chain's
/// output sees the rows <c>y·Stride − Padding … y·Stride − Padding + Size − 1</c> of the picture, and the columns alike.
/// </remarks>
/// <param name="Size">Side of the square, in input pixels; at least 1.</param>
/// <param name="Stride">How many input pixels lie between neighbouring units; at least 1.</param>
/// <param name="Padding">How far the first unit's square reaches over the picture's edge.</param>
public readonly record struct Window(int Size, int Stride, int Padding)
{
    /// <summary>A pixel of the picture itself: sees one pixel.</summary>
    public static Window Pixel => new(1, 1, 0);

    /// <summary>This window followed by another one, seen from this window's input.</summary>
    public Window Then(Window next) => new(Size + (next.Size - 1) * Stride, Stride * next.Stride, Padding + next.Padding * Stride);

    /// <summary>How many units fit along a side of this many pixels (rounded down, as the networks here do).</summary>
    public long Units(long pixels) => pixels + 2 * Padding < Size ? 0 : (pixels + 2 * Padding - Size) / Stride + 1;

    /// <summary>How many pixels a side needs for this many units.</summary>
    public long PixelsFor(long units) => Math.Max(1, (units - 1) * Stride + Size - 2 * Padding);

    /// <summary>The part of a picture that unit (y, x) sees, cut at the picture's edges.</summary>
    /// <param name="y">Row of the unit in its feature map.</param>
    /// <param name="x">Column of the unit in its feature map.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    public PatchBox At(long y, long x, long height, long width)
    {
        var (top, left) = (y * Stride - Padding, x * Stride - Padding);
        var (fromY, fromX) = (Math.Clamp(top, 0, height), Math.Clamp(left, 0, width));
        return new(fromY, fromX, Math.Clamp(top + Size, 0, height) - fromY, Math.Clamp(left + Size, 0, width) - fromX);
    }
}

/// <summary>A rectangle of a picture, in pixels.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct PatchBox(long Top, long Left, long Height, long Width);
