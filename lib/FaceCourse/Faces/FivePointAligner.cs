using FaceCourse.ConvNets;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Turns, scales and shifts every face so that eyes, nose and mouth come to fixed places, as ArcFace and its relatives were trained.</summary>
/// <remarks>
/// The similarity (rotation, scale, shift; no shear) that brings the five points nearest to their places in the least-squares
/// sense: Umeyama 1991. Unlike <see cref="FaceAligner"/>'s square, it also turns a tilted head upright.
/// </remarks>
public static class FivePointAligner
{
    /// <summary>Where the eyes, the tip of the nose and the corners of the mouth belong, in the 112×112 crop (InsightFace's template).</summary>
    private static readonly Point[] Places = [new(38.2946, 51.6963), new(73.5318, 51.5014), new(56.0252, 71.7366), new(41.5493, 92.3655), new(70.7299, 92.2041)];

    /// <summary>The crops of faces, from one photo or many, in one batch.</summary>
    /// <returns>[N,3,112,112], RGB, 0…1, black outside the photo, on the CPU; N may be 0.</returns>
    public static Tensor Align(IReadOnlyList<Face> faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        const int size = MobileFaceNet.InputSize;
        if (faces.Count == 0) return zeros(0, 3, size, size);

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return stack([.. faces.Select(Crop)]).MoveToOuterDisposeScope();
    }

    /// <summary>The five points of a face: both eyes' centres, the tip of the nose, both corners of the mouth.</summary>
    public static IReadOnlyList<Point> Points(Face face)
    {
        ArgumentNullException.ThrowIfNull(face);
        Point Centre(int from, int to) => new(face.Landmarks.Take(from..to).Average(p => p.X), face.Landmarks.Take(from..to).Average(p => p.Y));
        return [Centre(36, 42), Centre(42, 48), face.Landmarks[30], face.Landmarks[48], face.Landmarks[54]];
    }

    private static Tensor Crop(Face face)
    {
        const int size = MobileFaceNet.InputSize;
        var pixels = face.Photo.Pixels;
        var (height, width) = (pixels.shape[1], pixels.shape[2]);
        var (a, b, x0, y0) = Similarity(Places, Points(face));

        // A crop much coarser than the photo would skip pixels; the photo is blurred first, by averaging whole blocks.
        var coarse = Math.Max(1, (int)Math.Round(Math.Sqrt((a * a) + (b * b))));
        using var scope = NewDisposeScope();
        var source = pixels.unsqueeze(0);
        if (coarse > 1)
        {
            source = nn.functional.avg_pool2d(source, coarse, coarse, ceil_mode: true);
            (height, width) = (source.shape[2], source.shape[3]);
        }

        // Pixel (u, v) of the crop looks at (a·u − b·v + x0, b·u + a·v + y0) of the photo; grid_sample counts −1…1 from edge to edge.
        var u = arange(size, dtype: float32).view(1, -1);
        var v = arange(size, dtype: float32).view(-1, 1);
        var x = u.mul(a).sub(v.mul(b)).add(x0).add(0.5).div(coarse).mul(2.0 / width).sub(1);
        var y = u.mul(b).add(v.mul(a)).add(y0).add(0.5).div(coarse).mul(2.0 / height).sub(1);
        var grid = stack([x, y], 2).unsqueeze(0);
        return nn.functional.grid_sample(source, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false)
            .squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The similarity (x, y) ↦ (a·x − b·y + x0, b·x + a·y + y0) that brings the points nearest to their targets.</summary>
    internal static (double A, double B, double X0, double Y0) Similarity(IReadOnlyList<Point> from, IReadOnlyList<Point> to)
    {
        var (fx, fy, tx, ty) = (from.Average(p => p.X), from.Average(p => p.Y), to.Average(p => p.X), to.Average(p => p.Y));
        double dot = 0, cross = 0, spread = 0;
        for (var i = 0; i < from.Count; i++)
        {
            var (px, py, qx, qy) = (from[i].X - fx, from[i].Y - fy, to[i].X - tx, to[i].Y - ty);
            dot += (px * qx) + (py * qy);
            cross += (px * qy) - (py * qx);
            spread += (px * px) + (py * py);
        }

        var (a, b) = (dot / spread, cross / spread);
        return (a, b, tx - (a * fx) + (b * fy), ty - (b * fx) - (a * fy));
    }
}
