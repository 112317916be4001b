using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Finds the faces of a photo: boxes by SSD MobileNet v1, then 68 landmarks on each.</summary>
/// <remarks>Preprocessing and rounding follow @vladmandic/face-api, so that boxes, points and encodings agree with it.</remarks>
public sealed class FaceDetector : IDisposable
{
    private readonly SsdMobileNetV1 _boxes;
    private readonly FaceLandmark68Net _landmarks;

    private FaceDetector(SsdMobileNetV1 boxes, FaceLandmark68Net landmarks) => (_boxes, _landmarks) = (boxes, landmarks);

    /// <summary>Loads both networks from the asset store (about 6 MB) to the course's device.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceDetector Load(AssetStore? store = null) => new(SsdMobileNetV1.Load(store), FaceLandmark68Net.Load(store));

    /// <summary>Finds the faces of one photo, the most certain first.</summary>
    /// <param name="photo">Of any size.</param>
    /// <param name="minScore">Boxes below this score are dropped, 0 to 1.</param>
    /// <param name="maxFaces">At most so many are returned.</param>
    /// <param name="maxOverlap">Of two boxes whose intersection over union is larger, only the more certain stays.</param>
    public IReadOnlyList<Face> Detect(Photo photo, double minScore = 0.5, int maxFaces = 100, double maxOverlap = 0.5)
    {
        ArgumentNullException.ThrowIfNull(photo);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var found = Boxes(photo, minScore, maxFaces, maxOverlap);
        if (found.Count == 0) return [];

        var crops = found.Select(f => f.Box.Inside(photo.Width, photo.Height)).ToList();
        var kept = Enumerable.Range(0, found.Count).Where(i => crops[i] is { Width: > 0, Height: > 0 }).ToList();
        if (kept.Count == 0) return [];

        var input = stack([.. kept.Select(i => FaceCrop.Square(photo.Pixels, crops[i], FaceLandmark68Net.InputSize, centred: true))]);
        var points = _landmarks.forward(input.to(TorchRuntime.Device)).cpu().data<float>().ToArray();
        return [.. kept.Select((i, k) => new Face(photo, k, found[i].Box, found[i].Score, Landmarks(points.AsSpan(k * 136, 136), found[i].Box, crops[i])))];
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        _boxes.Dispose();
        _landmarks.Dispose();
    }

    private List<(Box Box, double Score)> Boxes(Photo photo, double minScore, int maxFaces, double maxOverlap)
    {
        var (width, height) = (photo.Width, photo.Height);
        var input = FaceCrop.Square(photo.Pixels, (0, 0, width, height), SsdMobileNetV1.InputSize, centred: false).unsqueeze(0);
        var (boxes, scores) = _boxes.forward(input.to(TorchRuntime.Device));
        var score = scores[0].cpu().data<float>().ToArray();
        var edge = boxes[0].cpu().data<float>().ToArray();

        // The photo fills only part of the square; shares of the square become shares of the photo, then pixels.
        var scale = (double)SsdMobileNetV1.InputSize / Math.Max(width, height);
        var (across, down) = (SsdMobileNetV1.InputSize / FaceCrop.Round(width * scale), SsdMobileNetV1.InputSize / FaceCrop.Round(height * scale));

        var best = Enumerable.Range(0, score.Length).Where(i => score[i] > minScore).OrderByDescending(i => score[i]).ToList();
        var kept = NonMaximumSuppression(best, i => new Box(edge[(4 * i) + 1], edge[4 * i], edge[(4 * i) + 3] - edge[(4 * i) + 1], edge[(4 * i) + 2] - edge[4 * i]), maxFaces, maxOverlap);
        return [.. kept.Select(i =>
        {
            var (top, left) = (Math.Max(0, edge[4 * i]) * down, Math.Max(0, edge[(4 * i) + 1]) * across);
            var (bottom, right) = (Math.Min(1, edge[(4 * i) + 2]) * down, Math.Min(1, edge[(4 * i) + 3]) * across);
            return (new Box(left * width, top * height, (right - left) * width, (bottom - top) * height), (double)score[i]);
        })];
    }

    private static List<int> NonMaximumSuppression(List<int> byScore, Func<int, Box> box, int most, double maxOverlap)
    {
        List<(int Index, Box Box)> kept = [];
        foreach (var i in byScore)
        {
            if (kept.Count == most) break;
            var candidate = box(i);
            if (kept.All(k => k.Box.Iou(candidate) <= maxOverlap)) kept.Add((i, candidate));
        }

        return [.. kept.Select(k => k.Index)];
    }

    // The network saw the crop scaled into the middle of a square; its answer is taken back to the photo's pixels.
    private static Point[] Landmarks(ReadOnlySpan<float> points, Box box, (int X, int Y, int Width, int Height) crop)
    {
        const double size = FaceLandmark68Net.InputSize;
        var scale = size / Math.Max(crop.Width, crop.Height);
        var (width, height) = (crop.Width * scale, crop.Height * scale);
        var (left, top) = (Math.Max(0, height - width) / 2, Math.Max(0, width - height) / 2);

        var result = new Point[68];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = new Point(
                box.X + (((points[2 * i] * size) - left) / width * crop.Width),
                box.Y + (((points[(2 * i) + 1] * size) - top) / height * crop.Height));
        }

        return result;
    }
}
