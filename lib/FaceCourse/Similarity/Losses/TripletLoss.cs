using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>How the losses of many triplets or pairs become one number.</summary>
public enum Reduction
{
    /// <summary>J = Σ L, as in the lecture.</summary>
    Sum,

    /// <summary>The sum over how many there are.</summary>
    Mean,

    /// <summary>The sum over how many are not 0: the easy ones do not thin out the others.</summary>
    MeanOfActive,
}

/// <summary>The triplet loss: L = max(‖f(A) − f(P)‖² − ‖f(A) − f(N)‖² + α, 0), J = Σ L.</summary>
/// <remarks>
/// Lecture section 4; FaceNet (Schroff et al. 2015), equation 3. The soft margin, log(1 + e^(d(A,P) − d(A,N))), is from
/// "In Defense of the Triplet Loss" (Hermans et al. 2017): it has no α and never quite reaches 0.
/// </remarks>
public sealed class TripletLoss
{
    /// <summary>Makes the loss.</summary>
    /// <param name="margin">α ≥ 0: how much farther the negative has to be. 0 lets every encoding be the same point.</param>
    /// <param name="reduction">What J is made of; the lecture's sum unless told otherwise.</param>
    /// <param name="soft">True takes log(1 + eˣ) in place of max(x + α, 0), and α plays no part.</param>
    /// <param name="distance">d; ‖x − y‖² unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">α is negative or no number.</exception>
    public TripletLoss(double margin = 0.2, Reduction reduction = Reduction.Sum, bool soft = false, Distance? distance = null)
    {
        Margin = Checked(margin, nameof(margin));
        Reduction = reduction;
        Soft = soft;
        Distance = distance ?? Distance.SquaredL2;
    }

    /// <summary>α.</summary>
    public double Margin { get; }

    /// <summary>What J is made of.</summary>
    public Reduction Reduction { get; }

    /// <summary>Whether log(1 + eˣ) stands in place of max(x + α, 0).</summary>
    public bool Soft { get; }

    /// <summary>d.</summary>
    public Distance Distance { get; }

    /// <summary>The loss of triplets given as encodings, one by one.</summary>
    /// <param name="anchor">f(A), [T,D].</param>
    /// <param name="positive">f(P), [T,D]: another picture of the same person.</param>
    /// <param name="negative">f(N), [T,D]: a picture of someone else.</param>
    /// <returns>J, one number.</returns>
    public Tensor Of(Tensor anchor, Tensor positive, Tensor negative)
    {
        using var scope = NewDisposeScope();
        return Reduce(Each(Distance.Between(anchor, positive), Distance.Between(anchor, negative))).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of triplets picked out of a distance matrix.</summary>
    /// <param name="distances">[N,N] of <see cref="Distance"/>.</param>
    /// <param name="triplets">Which ones; none at all gives 0 (with a gradient of 0).</param>
    /// <returns>J, one number.</returns>
    public Tensor Of(Tensor distances, Triplets triplets)
    {
        using var scope = NewDisposeScope();
        return Reduce(Each(distances[triplets.Anchors, triplets.Positives], distances[triplets.Anchors, triplets.Negatives])).MoveToOuterDisposeScope();
    }

    /// <summary>L of every triplet by itself.</summary>
    /// <param name="toPositive">d(A, P), any shape.</param>
    /// <param name="toNegative">d(A, N), the same shape.</param>
    public Tensor Each(Tensor toPositive, Tensor toNegative) => Soft
        ? nn.functional.softplus(toPositive - toNegative)
        : nn.functional.relu(toPositive - toNegative + Margin);

    private Tensor Reduce(Tensor losses) => Reduce(losses, Reduction);

    internal static Tensor Reduce(Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.Mean => losses.sum() / Math.Max(1, losses.numel()),
        Reduction.MeanOfActive => losses.sum() / (losses.detach() > 0).sum().clamp_min(1),
        _ => losses.sum(),
    };

    internal static double Checked(double margin, string name) => margin >= 0 && double.IsFinite(margin)
        ? margin
        : throw new ArgumentOutOfRangeException(name, margin, "the margin α is a number from 0 upwards; FaceNet takes 0.2 for encodings of length 1");
}
