using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>Verification, 1:1: is this the person they claim to be? Yes when d(img1, img2) ≤ τ.</summary>
/// <param name="threshold">τ, on the scale of d (not its square). 0.6 is the value dlib's author recommends for this encoder.</param>
public sealed class Verifier(double threshold = 0.6)
{
    /// <summary>τ.</summary>
    public double Threshold { get; } = threshold > 0 && double.IsFinite(threshold)
        ? threshold
        : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "τ is a positive distance");

    /// <summary>Compares two encodings.</summary>
    /// <param name="first">[128].</param>
    /// <param name="second">[128].</param>
    /// <exception cref="ArgumentException">The encodings have different lengths, or hold numbers that are not finite.</exception>
    public Verification Verify(Tensor first, Tensor second)
    {
        var distance = FaceDistance.L2(first, second);
        if (!double.IsFinite(distance)) throw new ArgumentException("an encoding holds numbers that are not finite; encode the photo again");
        return new Verification(distance, Threshold);
    }
}

/// <summary>The answer to a claim.</summary>
/// <param name="Distance">d(img1, img2).</param>
/// <param name="Threshold">τ.</param>
public readonly record struct Verification(double Distance, double Threshold)
{
    /// <summary>True when d ≤ τ.</summary>
    public bool Same => Distance <= Threshold;

    /// <inheritdoc/>
    public override string ToString() => $"d = {Distance:0.000} {(Same ? "≤" : ">")} τ = {Threshold:0.00}: {(Same ? "the same person" : "different people")}";
}
