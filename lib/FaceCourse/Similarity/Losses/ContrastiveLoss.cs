using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>The contrastive loss: same people are drawn together, different ones pushed at least m apart.</summary>
/// <remarks>
/// L = ½ y d² + ½ (1 − y) max(0, m − d)², with d = ‖f(x⁽ⁱ⁾) − f(x⁽ʲ⁾)‖ and y = 1 for the same person. Hadsell, Chopra and
/// LeCun 2006, equation 4 (whose Y is our 1 − y).
/// </remarks>
public sealed class ContrastiveLoss
{
    /// <summary>Makes the loss.</summary>
    /// <param name="margin">m ≥ 0.</param>
    /// <param name="reduction">What J is made of; the sum unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">m is negative or no number.</exception>
    public ContrastiveLoss(double margin = 1.0, Reduction reduction = Reduction.Sum)
    {
        Margin = TripletLoss.Checked(margin, nameof(margin));
        Reduction = reduction;
    }

    /// <summary>m.</summary>
    public double Margin { get; }

    /// <summary>What J is made of.</summary>
    public Reduction Reduction { get; }

    /// <summary>The loss of N pairs.</summary>
    /// <param name="x">[N,D].</param>
    /// <param name="y">[N,D].</param>
    /// <param name="same">[N], 1 or true where the two show one person.</param>
    /// <returns>J, one number.</returns>
    public Tensor Of(Tensor x, Tensor y, Tensor same)
    {
        using var scope = NewDisposeScope();
        return Of(Distance.L2.Between(x, y), same).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of pairs whose distances ‖f(x⁽ⁱ⁾) − f(x⁽ʲ⁾)‖ (not squared) are known.</summary>
    /// <param name="distances">Any shape.</param>
    /// <param name="same">The same shape, 1 or true for one person.</param>
    /// <returns>J, one number.</returns>
    public Tensor Of(Tensor distances, Tensor same)
    {
        using var scope = NewDisposeScope();
        var y = same.to(distances.dtype);
        var each = ((y * distances.square()) + ((1 - y) * nn.functional.relu(Margin - distances).square())) / 2;
        return TripletLoss.Reduce(each, Reduction).MoveToOuterDisposeScope();
    }
}
