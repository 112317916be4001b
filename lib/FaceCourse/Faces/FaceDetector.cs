using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Finds the faces of photos: boxes by SSD MobileNet v1 or by the tiny detector, then 68 landmarks on each.</summary>
/// <remarks>Preprocessing and rounding follow @vladmandic/face-api, so that boxes, points and encodings agree with it.</remarks>
public sealed class FaceDetector : IDisposable
{
    private const int PhotosPerBatch = 8;
    private const int FacesPerBatch = 64;

    private readonly nn.Module<Tensor, (Tensor Boxes, Tensor Scores)> _boxes;
    private readonly FaceLandmark68Net _landmarks;
    private readonly bool _clip;

    private FaceDetector(nn.Module<Tensor, (Tensor Boxes, Tensor Scores)> boxes, int inputSize, double usualMaxOverlap, bool clip, FaceLandmark68Net landmarks)
        => (_boxes, InputSize, UsualMaxOverlap, _clip, _landmarks) = (boxes, inputSize, usualMaxOverlap, clip, landmarks);

    /// <summary>Side of the square that each photo is scaled into, in pixels.</summary>
    public int InputSize { get; }

    /// <summary>The overlap that is allowed between two boxes unless another is asked for.</summary>
    public double UsualMaxOverlap { get; }

    /// <summary>Loads SSD MobileNet v1, the accurate detector, from the asset store (about 6 MB) to the course's device.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceDetector Load(AssetStore? store = null) =>
        new(SsdMobileNetV1.Load(store), SsdMobileNetV1.InputSize, 0.5, clip: true, FaceLandmark68Net.Load(store));

    /// <summary>Loads the tiny detector, several times faster and blinder to small and turned faces.</summary>
    /// <param name="store">Null for the course's own.</param>
    /// <param name="inputSize">Side of the square a photo is scaled into: a multiple of 32 from 64 to 1600; smaller is faster.</param>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceDetector LoadTiny(AssetStore? store = null, int inputSize = TinyFaceNet.UsualInputSize) =>
        inputSize % 32 == 0 && inputSize is >= 64 and <= 1600
            ? new(TinyFaceNet.Load(store), inputSize, 0.4, clip: false, FaceLandmark68Net.Load(store))
            : throw new ArgumentOutOfRangeException(nameof(inputSize), inputSize, "the tiny detector's input side is a multiple of 32 from 64 to 1600");

    /// <summary>Finds the faces of one photo, the most certain first.</summary>
    /// <param name="photo">Of any size.</param>
    /// <param name="minScore">Boxes below this score are dropped, 0 to 1.</param>
    /// <param name="maxFaces">At most so many are returned.</param>
    /// <param name="maxOverlap">Of two boxes whose intersection over union is larger, only the more certain stays; null for the detector's usual value.</param>
    public IReadOnlyList<Face> Detect(Photo photo, double minScore = 0.5, int maxFaces = 100, double? maxOverlap = null)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return Detect([photo], minScore, maxFaces, maxOverlap)[0];
    }

    /// <summary>Finds the faces of many photos in batches: per photo, the most certain first.</summary>
    /// <param name="photos">Of any sizes.</param>
    /// <param name="minScore">Boxes below this score are dropped, 0 to 1.</param>
    /// <param name="maxFaces">At most so many are returned per photo.</param>
    /// <param name="maxOverlap">Of two boxes whose intersection over union is larger, only the more certain stays; null for the detector's usual value.</param>
    /// <param name="ct">Stops between two batches.</param>
    public IReadOnlyList<IReadOnlyList<Face>> Detect(
        IReadOnlyList<Photo> photos, double minScore = 0.5, int maxFaces = 100, double? maxOverlap = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFaces, 1);
        if (!(minScore is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(minScore), minScore, "a score is a number from 0 to 1");
        if (!((maxOverlap ?? 0) is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(maxOverlap), maxOverlap, "an overlap is a number from 0 to 1");

        using var inference = inference_mode();
        List<(int Photo, Box Box, double Score)> found = [];
        for (var from = 0; from < photos.Count; from += PhotosPerBatch)
        {
            ct.ThrowIfCancellationRequested();
            found.AddRange(Boxes(photos, from, Math.Min(photos.Count, from + PhotosPerBatch), minScore, maxFaces, maxOverlap ?? UsualMaxOverlap));
        }

        return WithLandmarks(photos, found, ct);
    }

    /// <summary>Takes photos that are nothing but a face, as old collections hold them, and finds the landmarks.</summary>
    /// <returns>One face per photo, its box the whole photo, its score 1.</returns>
    public IReadOnlyList<Face> WholePhotos(IReadOnlyList<Photo> photos)
    {
        ArgumentNullException.ThrowIfNull(photos);
        using var inference = inference_mode();
        return [.. WithLandmarks(photos, [.. photos.Select((p, i) => (i, new Box(0, 0, p.Width, p.Height), 1.0))], default).SelectMany(f => f)];
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        _boxes.Dispose();
        _landmarks.Dispose();
    }

    private List<Face>[] WithLandmarks(IReadOnlyList<Photo> photos, List<(int Photo, Box Box, double Score)> found, CancellationToken ct)
    {
        // A box may lie outside the photo altogether; there is no face to look at then.
        var faces = photos.Select(_ => new List<Face>()).ToArray();
        foreach (var batch in found.Where(f => f.Box.Inside(photos[f.Photo].Width, photos[f.Photo].Height) is { Width: > 0, Height: > 0 }).Chunk(FacesPerBatch))
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var crops = batch.Select(f => f.Box.Inside(photos[f.Photo].Width, photos[f.Photo].Height)).ToArray();
            var input = stack([.. batch.Zip(crops, (f, crop) => FaceCrop.Square(photos[f.Photo].Pixels, crop, FaceLandmark68Net.InputSize, centred: true))]);
            var points = _landmarks.forward(input.to(TorchRuntime.Device)).cpu().data<float>().ToArray();
            for (var i = 0; i < batch.Length; i++)
            {
                var (photo, box, score) = batch[i];
                faces[photo].Add(new Face(photos[photo], faces[photo].Count, box, score, Landmarks(points.AsSpan(i * 136, 136), box, crops[i])));
            }
        }

        return faces;
    }

    private List<(int Photo, Box Box, double Score)> Boxes(IReadOnlyList<Photo> photos, int from, int to, double minScore, int maxFaces, double maxOverlap)
    {
        using var scope = NewDisposeScope();
        var input = stack([.. Enumerable.Range(from, to - from).Select(i => FaceCrop.Square(photos[i].Pixels, (0, 0, photos[i].Width, photos[i].Height), InputSize, centred: false))]);
        var (boxes, scores) = _boxes.forward(input.to(TorchRuntime.Device));
        var found = new List<(int Photo, Box Box, double Score)>();
        for (var i = from; i < to; i++)
        {
            var one = Boxes(photos[i], boxes[i - from].cpu().data<float>().ToArray(), scores[i - from].cpu().data<float>().ToArray(), minScore, maxFaces, maxOverlap);
            found.AddRange(one.Select(f => (i, f.Box, f.Score)));
        }

        return found;
    }

    private IEnumerable<(Box Box, double Score)> Boxes(Photo photo, float[] edge, float[] score, double minScore, int maxFaces, double maxOverlap)
    {
        // The photo fills only part of the square; shares of the square become shares of the photo, then pixels.
        var (width, height) = (photo.Width, photo.Height);
        var scale = (double)InputSize / Math.Max(width, height);
        var (across, down) = (InputSize / Math.Max(1, FaceCrop.Round(width * scale)), InputSize / Math.Max(1, FaceCrop.Round(height * scale)));

        var best = Enumerable.Range(0, score.Length).Where(i => score[i] > minScore).OrderByDescending(i => score[i]).ToList();
        var kept = NonMaximumSuppression(best, i => new Box(edge[(4 * i) + 1], edge[4 * i], edge[(4 * i) + 3] - edge[(4 * i) + 1], edge[(4 * i) + 2] - edge[4 * i]), maxFaces, maxOverlap);
        return kept.Select(i =>
        {
            double[] side = [edge[4 * i], edge[(4 * i) + 1], edge[(4 * i) + 2], edge[(4 * i) + 3]];
            if (_clip) side = [Math.Max(0, side[0]), Math.Max(0, side[1]), Math.Min(1, side[2]), Math.Min(1, side[3])];
            var (top, left, bottom, right) = (side[0] * down, side[1] * across, side[2] * down, side[3] * across);
            return (new Box(left * width, top * height, (right - left) * width, (bottom - top) * height), (double)score[i]);
        });
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
