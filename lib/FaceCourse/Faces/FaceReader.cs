using FaceCourse.Assets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>The whole way from a photo to encodings: detect, align, encode. One photo gives none, one or many.</summary>
/// <remarks>
/// <code>
/// using var reader = FaceReader.Load();
/// foreach (var face in reader.Read(photo)) Console.WriteLine($"{face.Face}: {gallery.Recognise(face.Encoding)}");
/// </code>
/// </remarks>
/// <param name="detector">Finds the faces; owned by the reader from now on.</param>
/// <param name="encoder">Encodes them; owned by the reader from now on.</param>
public sealed class FaceReader(FaceDetector detector, FaceEncoder encoder) : IDisposable
{
    private const int FacesPerBatch = 32;

    /// <summary>Finds the faces.</summary>
    public FaceDetector Detector { get; } = detector;

    /// <summary>Encodes them.</summary>
    public FaceEncoder Encoder { get; } = encoder;

    /// <summary>Loads SSD MobileNet v1 and dlib's face ResNet from the asset store.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceReader Load(AssetStore? store = null) => new(FaceDetector.Load(store), FaceEncoder.Load(store));

    /// <summary>Encodes the faces of one photo, the most certain first.</summary>
    /// <param name="photo">Of any size.</param>
    /// <param name="largestOnly">Whether only the largest face counts: whoever holds the camera, and not the passers-by.</param>
    /// <param name="minScore">How certain the detector has to be, 0 to 1.</param>
    public IReadOnlyList<EncodedFace> Read(Photo photo, bool largestOnly = false, double minScore = 0.5) => Read([photo], largestOnly, minScore)[0];

    /// <summary>Encodes the faces of many photos in batches: per photo, the most certain first.</summary>
    /// <param name="photos">Of any sizes.</param>
    /// <param name="largestOnly">Whether only the largest face of each photo counts.</param>
    /// <param name="minScore">How certain the detector has to be, 0 to 1.</param>
    /// <param name="ct">Stops between two batches.</param>
    public IReadOnlyList<IReadOnlyList<EncodedFace>> Read(IReadOnlyList<Photo> photos, bool largestOnly = false, double minScore = 0.5, CancellationToken ct = default)
    {
        var found = Detector.Detect(photos, minScore, ct: ct);
        var chosen = found.Select(faces => largestOnly && faces.Count > 1 ? [faces.MaxBy(f => f.Box.Area)!] : faces).ToArray();
        var encoded = Encode([.. chosen.SelectMany(f => f)], ct);
        var next = 0;
        return [.. chosen.Select(faces => Enumerable.Range(0, faces.Count).Select(_ => encoded[next++]).ToArray())];
    }

    /// <summary>Encodes faces that have been found already.</summary>
    public IReadOnlyList<EncodedFace> Encode(IReadOnlyList<Face> faces, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        var encoded = new List<EncodedFace>(faces.Count);
        foreach (var batch in faces.Chunk(FacesPerBatch))
        {
            ct.ThrowIfCancellationRequested();
            using var encodings = Encoder.Encode(batch);
            var numbers = encodings.data<float>().ToArray();
            encoded.AddRange(batch.Select((face, i) => new EncodedFace(face, numbers.AsMemory(i * FaceEncoder.Dimension, FaceEncoder.Dimension).ToArray())));
        }

        return encoded;
    }

    /// <summary>Frees both networks.</summary>
    public void Dispose()
    {
        Detector.Dispose();
        Encoder.Dispose();
    }
}

/// <summary>A face and its encoding as plain numbers, to keep or to look up in a <see cref="Gallery"/>.</summary>
/// <param name="Face">Where it was found.</param>
/// <param name="Encoding">f(x), 128 numbers.</param>
public sealed record EncodedFace(Face Face, float[] Encoding)
{
    /// <summary>d = ‖f(x₁) − f(x₂)‖ to another face.</summary>
    public double DistanceTo(EncodedFace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var scope = NewDisposeScope();
        return FaceDistance.L2(tensor(Encoding), tensor(other.Encoding));
    }
}
