using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <content>Notebooks 3 and 4, and the quiz's loss: Siamese networks and triplets.</content>
public static partial class YourTurn
{
    /// <summary>Notebook 3: ‖(1, 0, 2) − (0, 2, 2)‖².</summary>
    public static ExerciseCard SquaredDistance(double distance)
    {
        using var scope = NewDisposeScope();
        var truth = Distance.SquaredL2.Between(tensor([1.0, 0, 2]), tensor([0.0, 2, 2])).item<double>();
        return Judge(Same(distance, truth),
            Same(distance, truth) ? "1 + 4 + 0." : Same(distance, Math.Sqrt(truth), 0.01) ? "That is the root of it; d here is the square." : $"{distance} is not the sum of the squared differences.",
            "Subtract number by number, square each difference, add them up. No root.",
            "(1−0)² + (0−2)² + (2−2)² = 1 + 4 + 0 = 5");
    }

    /// <summary>Notebook 3: the parameters of a Siamese network that is drawn with three branches.</summary>
    /// <param name="parameters">The answer.</param>
    /// <param name="encoder">f.</param>
    public static ExerciseCard ThreeBranches(long parameters, nn.Module encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var one = encoder.parameters().Sum(p => p.numel());
        return Judge(parameters == one,
            parameters == one ? "One f, used three times." : parameters % one == 0 ? $"{parameters:N0} would be {parameters / one} networks of their own; these share." : $"{parameters:N0} is no number of whole networks.",
            "How many did it have with two branches? Look at proof 1.",
            "Count(f): however many branches are drawn, there is one f.");
    }

    /// <summary>Notebook 3: by how much a shared weight changes in the lower branch, with gradients 0.3 above and −0.1 below and a learning rate of 0.5.</summary>
    public static ExerciseCard SharedStep(double change)
    {
        using var scope = NewDisposeScope();
        var w = zeros(1, dtype: float64, requires_grad: true);
        ((0.3 * w) + (-0.1 * w)).sum().backward();
        var truth = -0.5 * w.grad!.item<double>();
        return Judge(Same(change, truth),
            Same(change, truth) ? "The gradients add, and the one w makes one step." : Same(change, 0.05) ? "That would be the lower branch alone; but w is shared." : Same(change, -truth) ? "Mind the sign: downhill is against the gradient." : "Add both gradients first.",
            "There is one w. Which gradient does it see? Look at proof 4.",
            "−0.5 · (0.3 − 0.1) = −0.1, in both branches, for w is one number.");
    }

    /// <summary>Notebook 4: L for d(A,P) = 0.9, d(A,N) = 0.8, α = 0.2.</summary>
    public static ExerciseCard LossOfATriplet(double loss)
    {
        var truth = Loss(0.2, toPositive: 0.9, toNegative: 0.8);
        return Judge(Same(loss, truth, 1e-6),
            Same(loss, truth, 1e-6) ? "0.9 − 0.8 + 0.2; a hard triplet, the negative is nearer." : Same(loss, 0.1, 1e-6) ? "And the margin?" : loss == 0 ? "It is 0 only if N is farther than P by at least α." : "Mind the order: positive minus negative, plus α.",
            "Put the three numbers into max(d(A,P) − d(A,N) + α, 0).",
            "0.9 − 0.8 + 0.2 = 0.3, and that is above 0.");
    }

    /// <summary>Notebook 4: the largest α at which a triplet with d(A,P) = 0.50 and d(A,N) = 0.65 is still easy.</summary>
    public static ExerciseCard LargestEasyMargin(double margin)
    {
        double At(double margin) => Loss(margin, toPositive: 0.50, toNegative: 0.65);
        var easy = margin >= 0 && At(margin) < 1e-9;
        var right = easy && At(margin + 0.001) > 0;
        return Judge(right,
            margin < 0 ? "α is not negative." : $"With α = {margin}: L = {At(margin):0.00}." + (right ? " One grain more, and it teaches." : easy ? " Easy, but so it is with a somewhat larger α." : " It is not easy any more."),
            "Easy means d(A,P) + α ≤ d(A,N). Solve for α.",
            "α = 0.65 − 0.50 = 0.15: up to there L is 0.");
    }

    /// <summary>Notebook 4: the triplets of four people with three photos each.</summary>
    public static ExerciseCard CountTriplets(long triplets)
    {
        var truth = PossibleTriplets.Of(Enumerable.Range(0, 12).Select(i => i / 3)).Triplets;
        return Judge(triplets == truth,
            triplets == truth ? "12 · 2 · 9." : triplets == truth / 2 ? "A, P and P, A are two triplets: each may be the anchor." : $"{triplets} is not anchors × positives × negatives.",
            "12 pictures can be the anchor. How many positives has each, how many negatives?",
            "12 anchors × 2 positives × 9 negatives = 216");
    }

    /// <summary>Notebook 12: the largest d(A,P) that costs nothing, with d(A,N) = 0.5 and α = 0.2.</summary>
    public static ExerciseCard FarthestFreePositive(double distance)
    {
        double At(double distance) => Loss(0.2, distance, toNegative: 0.5);
        var free = distance >= 0 && At(distance) < 1e-9;
        var right = free && At(distance + 0.01) > 1e-9;
        return Judge(right,
            distance < 0 ? "A distance is not negative." : !free ? $"With d(A, P) = {distance} the loss is {At(distance):0.00}." : right ? "Nothing to pay here, and not a hundredth more is free." : "That is free; how much farther may the positive be?",
            "d(A,P) + α ≤ d(A,N) costs nothing. Where does ≤ become =?",
            "0.3: then 0.3 − 0.5 + 0.2 = 0, and any more costs something.");
    }

    private static double Loss(double margin, double toPositive, double toNegative)
    {
        using var scope = NewDisposeScope();
        return new TripletLoss(margin).Each(tensor(toPositive), tensor(toNegative)).item<double>();
    }
}
