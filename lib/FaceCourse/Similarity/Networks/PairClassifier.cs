using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>What the pair classifier makes of two encodings, component by component.</summary>
public enum PairForm
{
    /// <summary>|f(x⁽ⁱ⁾)ₖ − f(x⁽ʲ⁾)ₖ|, the lecture's.</summary>
    AbsoluteDifference,

    /// <summary>
    /// χ²: (f(x⁽ⁱ⁾)ₖ − f(x⁽ʲ⁾)ₖ)² / (f(x⁽ⁱ⁾)ₖ + f(x⁽ʲ⁾)ₖ), DeepFace's, whose components are never negative. For encodings that may
    /// be, the sum below is of absolute values.
    /// </summary>
    ChiSquare,
}

/// <summary>Face verification as binary classification: ŷ = σ(Σₖ wₖ |f(x⁽ⁱ⁾)ₖ − f(x⁽ʲ⁾)ₖ| + b), 1 for the same person.</summary>
/// <remarks>Lecture section 5; DeepFace (Taigman et al. 2014), section 4.2 for χ².</remarks>
public sealed class PairClassifier : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter w;
    private readonly TorchSharp.Modules.Parameter b;

    /// <summary>Makes a classifier that knows nothing yet: w = 0, b = 0, every ŷ = ½.</summary>
    /// <param name="dimensions">D, how many numbers an encoding has.</param>
    /// <param name="form">What is made of two encodings.</param>
    public PairClassifier(int dimensions, PairForm form = PairForm.AbsoluteDifference) : base(nameof(PairClassifier))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        Form = form;
        w = nn.Parameter(zeros(dimensions));
        b = nn.Parameter(zeros(1));
        RegisterComponents();
    }

    /// <summary>What is made of two encodings.</summary>
    public PairForm Form { get; }

    /// <summary>w, [D].</summary>
    public Tensor Weights => w;

    /// <summary>b, [1].</summary>
    public Tensor Bias => b;

    /// <summary>ŷ of N pairs.</summary>
    /// <param name="first">f(x⁽ⁱ⁾), [N,D].</param>
    /// <param name="second">f(x⁽ʲ⁾), [N,D].</param>
    /// <returns>[N], 0…1: above ½ is the same person.</returns>
    public override Tensor forward(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return Logits(first, second).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>Σₖ wₖ |…| + b before the σ, for a loss that is exact where σ is all but 0 or 1.</summary>
    /// <param name="first">[N,D].</param>
    /// <param name="second">[N,D].</param>
    /// <returns>[N].</returns>
    public Tensor Logits(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return (Features(first, second, Form).matmul(w) + b).MoveToOuterDisposeScope();
    }

    /// <summary>|f(x⁽ⁱ⁾)ₖ − f(x⁽ʲ⁾)ₖ| or χ², [N,D].</summary>
    /// <param name="first">[N,D].</param>
    /// <param name="second">[N,D].</param>
    /// <param name="form">Which.</param>
    public static Tensor Features(Tensor first, Tensor second, PairForm form)
    {
        using var scope = NewDisposeScope();
        var difference = (first - second).abs();
        return (form == PairForm.AbsoluteDifference ? difference : difference.square() / (first.abs() + second.abs() + 1e-8)).MoveToOuterDisposeScope();
    }

    /// <summary>Learns w and b from every pair of one person and as many pairs of two people; the encoder stays as it is.</summary>
    /// <param name="encodings">[N,D], computed beforehand.</param>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="steps">Steps of gradient descent (Adam) over all pairs at once.</param>
    /// <param name="seed">Which pairs of two people.</param>
    /// <param name="progress">Gets the loss, J = −mean(y log ŷ + (1 − y) log(1 − ŷ)), of each step.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>The last loss.</returns>
    /// <exception cref="TrainingException">No pair of one person is there, or the loss is no longer a number.</exception>
    public double Fit(Tensor encodings, IReadOnlyList<int> people, int steps = 300, int seed = 0, IProgress<double>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        using var scope = NewDisposeScope();
        var (first, second, same) = BalancedPairs(people, seed);
        var x = Features(encodings.detach().index_select(0, first), encodings.detach().index_select(0, second), Form).to(w.device);
        var y = same.to(w.device);
        using var adam = optim.Adam(parameters(), lr: 0.1);
        var last = double.NaN;
        for (var step = 0; step < steps; step++)
        {
            ct.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            adam.zero_grad();
            var loss = nn.functional.binary_cross_entropy_with_logits(x.matmul(w) + b, y);
            last = loss.item<float>();
            if (!double.IsFinite(last)) throw new TrainingException($"the loss is {last} at step {step + 1}: the encodings hold something that is not a number");
            loss.backward();
            adam.step();
            progress?.Report(last);
        }

        return last;
    }

    /// <summary>Every pair of one person, and as many different pairs of two drawn by chance.</summary>
    /// <returns>Positions of both pictures, [Q] int64, and y, [Q] float32.</returns>
    /// <exception cref="TrainingException">There is no pair of one person, or only one person.</exception>
    internal static (Tensor First, Tensor Second, Tensor Same) BalancedPairs(IReadOnlyList<int> people, int seed)
    {
        var pairs = from i in Enumerable.Range(0, people.Count) from j in Enumerable.Range(i + 1, people.Count - i - 1) select (I: (long)i, J: (long)j);
        var kinds = pairs.ToLookup(p => people[(int)p.I] == people[(int)p.J]);
        var (same, different) = (kinds[true].ToArray(), kinds[false].ToArray());
        if (same.Length == 0 || different.Length == 0)
            throw new TrainingException($"a pair classifier learns from pairs of one person and of two; there are {same.Length} and {different.Length}. Give at least two people, with two pictures of one");

        Seeds.At(seed, 0).Shuffle(different);
        var chosen = same.Concat(different.Take(same.Length)).ToArray();
        var y = chosen.Select((_, q) => q < same.Length ? 1f : 0f).ToArray();
        return (tensor(chosen.Select(p => p.I).ToArray()), tensor(chosen.Select(p => p.J).ToArray()), tensor(y));
    }
}
