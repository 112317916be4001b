using FaceCourse.Images;
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
        var missing = Math.Abs(crop.Height - crop.Width);
        if (missing > 0)
        {
            var after = (long)Round(missing * (centred ? 0.5 : 1));
            var before = missing - after;
            x = nn.functional.pad(x, crop.Height > crop.Width ? [before, after, 0, 0] : [0, 0, before, after]);
        }

        return (x.shape[1] == size ? x.clone() : Resample.BilinearFromCorner(x, size, size)).MoveToOuterDisposeScope();
    }

    /// <summary>JavaScript's Math.round: halves go up.</summary>
    public static double Round(double value) => Math.Floor(value + 0.5);
}
