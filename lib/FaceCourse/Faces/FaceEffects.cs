using FaceCourse.Images;
using SkiaSharp;

namespace FaceCourse.Faces;

/// <summary>What people wear in front of a face, painted onto a photo to see d move: a mask, sunglasses.</summary>
/// <remarks>Each returns a new photo and leaves the old one as it is. For light, blur, noise and size see <see cref="PhotoEffects"/>.</remarks>
public static class FaceEffects
{
    /// <summary>A surgical mask over nose, mouth and chin.</summary>
    public static Photo WithMask(this Face face) => face.Painted(
        "with a mask", new SKColor(168, 200, 216), [.. face.Landmarks.Take(2..15), face.Landmarks[28]]);

    /// <summary>Dark glasses over both eyes.</summary>
    public static Photo WithSunglasses(this Face face)
    {
        ArgumentNullException.ThrowIfNull(face);
        var (left, right) = (face.Landmarks[0], face.Landmarks[16]);
        var down = new Point((face.Landmarks[28].X - face.Landmarks[27].X) * 1.6, (face.Landmarks[28].Y - face.Landmarks[27].Y) * 1.6);
        Point[] brows = [.. face.Landmarks.Take(17..27)];
        return face.Painted("with sunglasses", SKColors.Black, [left, .. brows, right, .. brows.Reverse().Select(p => new Point(p.X + (2.2 * down.X), p.Y + (2.2 * down.Y)))]);
    }

    /// <summary>A bar over part of the face.</summary>
    /// <param name="face">The face.</param>
    /// <param name="top">Where it begins, as a share of the box's height, 0 to 1.</param>
    /// <param name="bottom">Where it ends.</param>
    public static Photo WithBar(this Face face, double top, double bottom)
    {
        ArgumentNullException.ThrowIfNull(face);
        var (y0, y1) = (face.Box.Y + (top * face.Box.Height), face.Box.Y + (bottom * face.Box.Height));
        return face.Painted("with a bar", SKColors.Black, [new(face.Box.X, y0), new(face.Box.Right, y0), new(face.Box.Right, y1), new(face.Box.X, y1)]);
    }

    private static Photo Painted(this Face face, string what, SKColor colour, IReadOnlyList<Point> outline)
    {
        ArgumentNullException.ThrowIfNull(face);
        using var bitmap = ImageFile.ToBitmap(face.Photo.Pixels);
        using var canvas = new SKCanvas(bitmap);
        using var path = new SKPath();
        path.AddPoly([.. outline.Select(p => new SKPoint((float)p.X, (float)p.Y))]);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawPath(path, paint);
        canvas.Flush();
        return new Photo(ImageFile.FromBitmap(bitmap), $"{face.Photo.Name}, {what}");
    }
}
