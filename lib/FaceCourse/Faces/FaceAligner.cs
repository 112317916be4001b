using FaceCourse.ConvNets;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Brings every face to the same place and size, so that the encoder compares faces and not framings.</summary>
/// <remarks>
/// A square is laid around the middle of eyes and mouth, its side the distance from eyes to mouth divided by 0.45; this is how
/// the encoder's photographs were cut (dlib's alignment as in @vladmandic/face-api; the face is not rotated).
/// </remarks>
public static class FaceAligner
{
    private const double RelativeX = 0.5, RelativeY = 0.43, RelativeScale = 0.45;

    /// <summary>The crops of faces, from one photo or many, in one batch.</summary>
    /// <returns>[N,3,150,150], RGB, 0…1, on the CPU; N may be 0.</returns>
    public static Tensor Align(IReadOnlyList<Face> faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        if (faces.Count == 0) return zeros(0, 3, FaceResNet.InputSize, FaceResNet.InputSize);

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return stack([.. faces.Select(f => FaceCrop.Square(f.Photo.Pixels, Crop(f), FaceResNet.InputSize, centred: true))]).MoveToOuterDisposeScope();
    }

    /// <summary>The square that is cut out for a face, before clipping to the photo.</summary>
    public static Box Square(Face face)
    {
        ArgumentNullException.ThrowIfNull(face);
        var (left, right, mouth) = (Centre(face.Landmarks, 36, 42), Centre(face.Landmarks, 42, 48), Centre(face.Landmarks, 48, 68));
        var eyesToMouth = (Distance(left, mouth) + Distance(right, mouth)) / 2;
        var size = Math.Floor(eyesToMouth / RelativeScale);
        var middle = new Point((left.X + right.X + mouth.X) / 3, (left.Y + right.Y + mouth.Y) / 3);
        return new Box(Math.Floor(Math.Max(0, middle.X - (RelativeX * size))), Math.Floor(Math.Max(0, middle.Y - (RelativeY * size))), size, size);
    }

    private static (int X, int Y, int Width, int Height) Crop(Face face)
    {
        var (x, y, width, height) = Square(face).Inside(face.Photo.Width, face.Photo.Height);

        // A face whose landmarks fall outside the photo still gets a crop: one pixel of its edge, encoded as nobody.
        x = Math.Clamp(x, 0, face.Photo.Width - 1);
        y = Math.Clamp(y, 0, face.Photo.Height - 1);
        return (x, y, Math.Clamp(width, 1, face.Photo.Width - x), Math.Clamp(height, 1, face.Photo.Height - y));
    }

    private static Point Centre(IReadOnlyList<Point> points, int from, int to)
    {
        var some = points.Skip(from).Take(to - from).ToList();
        return new Point(some.Average(p => p.X), some.Average(p => p.Y));
    }

    private static double Distance(Point a, Point b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
