using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>How far apart two encodings are: d = ‖f(x₁) − f(x₂)‖, and its square, which the triplet loss uses.</summary>
public static class FaceDistance
{
    /// <summary>d = ‖f(x₁) − f(x₂)‖.</summary>
    /// <param name="first">[128].</param>
    /// <param name="second">[128].</param>
    /// <exception cref="ArgumentException">The two have different lengths.</exception>
    public static double L2(Tensor first, Tensor second) => Math.Sqrt(SquaredL2(first, second));

    /// <summary>d² = ‖f(x₁) − f(x₂)‖².</summary>
    /// <param name="first">[128].</param>
    /// <param name="second">[128].</param>
    /// <exception cref="ArgumentException">The two have different lengths.</exception>
    public static double SquaredL2(Tensor first, Tensor second)
    {
        if (first.NumberOfElements != second.NumberOfElements)
            throw new ArgumentException($"encodings of {first.NumberOfElements} and {second.NumberOfElements} numbers come from different encoders and cannot be compared");

        using var scope = NewDisposeScope();
        return first.flatten().sub(second.flatten()).to(float64).square().sum().item<double>();
    }

    /// <summary>All distances between N encodings.</summary>
    /// <param name="encodings">[N,128].</param>
    /// <returns>[N,N], symmetric, zeros on the diagonal.</returns>
    public static Tensor Matrix(Tensor encodings)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return cdist(encodings, encodings, 2, TorchSharp.compute_mode.donot_use_mm_for_euclid_dist).MoveToOuterDisposeScope();
    }
}
