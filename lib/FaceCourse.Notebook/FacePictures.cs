using FaceCourse.Faces;
using FaceCourse.Images;
using SkiaSharp;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Photos and faces as grids of pictures.</summary>
public static class FacePictures
{
    private const int TileWidth = 290;

    /// <summary>Photos side by side, each with its name.</summary>
    public static ImageGrid Photos(IEnumerable<Photo> photos, string? title = null) =>
        new([.. photos.Select(p => new Tile(p.ToDataUri(2 * TileWidth), p.Name, $"the photo {p.Name}"))], TileWidth, title);

    /// <summary>Photos with a box and 68 landmarks drawn on every face that was found.</summary>
    public static ImageGrid Found(IEnumerable<Face> faces, string? title = null) =>
        new([.. faces.GroupBy(f => f.Photo).Select(g => new Tile(Draw(g.Key, g), $"{g.Key.Name}: {Count(g.Count())}", $"{g.Key.Name} with a box around each of {Count(g.Count())}"))], TileWidth, title);

    /// <summary>The aligned crops, 150×150: what the encoder sees.</summary>
    public static ImageGrid Crops(IReadOnlyList<Face> faces, string? title = null) =>
        new([.. Thumbnails(faces).Zip(faces, (uri, f) => new Tile(uri, f.Name, $"the aligned face {f.Name}"))], 96, title);

    /// <summary>Two faces side by side, framed blue when they are taken for one person and orange when not.</summary>
    public static ImageGrid Compared(Face first, Face second, Verification verification)
    {
        var frame = verification.Same ? Figure.Colours[0] : Figure.Colours[1];
        var (a, b) = (Thumbnails([first])[0], Thumbnails([second])[0]);
        return new([new Tile(a, first.Name, $"the face {first.Name}", frame), new Tile(b, second.Name, $"the face {second.Name}", frame)], 150, verification.ToString());
    }

    /// <summary>The aligned crops as data addresses, for charts.</summary>
    public static IReadOnlyList<string> Thumbnails(IReadOnlyList<Face> faces)
    {
        using var scope = NewDisposeScope();
        return [.. FaceAligner.Align(faces).unbind(0).Select(crop => ImageFile.ToDataUri(crop, 96))];
    }

    private static string Count(int faces) => faces == 1 ? "1 face" : $"{faces} faces";

    private static string Draw(Photo photo, IEnumerable<Face> faces)
    {
        using var bitmap = ImageFile.ToBitmap(photo.Pixels);
        using var canvas = new SKCanvas(bitmap);
        var line = Math.Max(photo.Width, photo.Height) / 240f;
        using var box = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = line, Color = SKColor.Parse(Figure.Colours[5]), IsAntialias = true };
        using var dot = new SKPaint { Style = SKPaintStyle.Fill, Color = SKColors.White, IsAntialias = true };
        foreach (var face in faces)
        {
            canvas.DrawRect((float)face.Box.X, (float)face.Box.Y, (float)face.Box.Width, (float)face.Box.Height, box);
            foreach (var point in face.Landmarks) canvas.DrawCircle((float)point.X, (float)point.Y, line * 0.45f, dot);
        }

        canvas.Flush();
        using var scope = NewDisposeScope();
        return ImageFile.ToDataUri(ImageFile.FromBitmap(bitmap), 2 * TileWidth);
    }
}
