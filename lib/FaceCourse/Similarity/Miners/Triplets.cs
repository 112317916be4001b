using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Triplets as positions in a batch: three lists of equal length.</summary>
/// <param name="Anchors">[T], int64.</param>
/// <param name="Positives">[T], int64: same person as the anchor, another picture.</param>
/// <param name="Negatives">[T], int64: another person.</param>
public readonly record struct Triplets(Tensor Anchors, Tensor Positives, Tensor Negatives)
{
    /// <summary>T.</summary>
    public long Count => Anchors.numel();

    /// <summary>The triplets as numbers, to look at.</summary>
    public IReadOnlyList<(int Anchor, int Positive, int Negative)> ToList()
    {
        using var scope = NewDisposeScope();
        var (a, p, n) = (Anchors.cpu().data<long>().ToArray(), Positives.cpu().data<long>().ToArray(), Negatives.cpu().data<long>().ToArray());
        return [.. a.Select((anchor, i) => ((int)anchor, (int)p[i], (int)n[i]))];
    }
}

/// <summary>How the triplets of a batch stand, FaceNet's three kinds.</summary>
/// <param name="Easy">d(A,P) + α ≤ d(A,N): loss 0, nothing to learn.</param>
/// <param name="SemiHard">d(A,P) &lt; d(A,N) &lt; d(A,P) + α: the right order, inside the margin.</param>
/// <param name="Hard">d(A,N) ≤ d(A,P): the wrong order.</param>
public readonly record struct TripletCounts(long Easy, long SemiHard, long Hard)
{
    /// <summary>All of them.</summary>
    public long Total => Easy + SemiHard + Hard;

    /// <summary>The share with a loss above 0, 0…1; 0 when there are none.</summary>
    public double ActiveShare => Total == 0 ? 0 : (double)(SemiHard + Hard) / Total;

    /// <summary>Counts every valid triplet of a batch.</summary>
    /// <param name="distances">[N,N].</param>
    /// <param name="people">[N], int64: who is on each picture.</param>
    /// <param name="margin">α.</param>
    public static TripletCounts OfBatch(Tensor distances, Tensor people, double margin)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var pairs = PositivePairs.Of(distances, people);
        return Count(pairs.ToPositive.unsqueeze(1), pairs.ToNegatives, pairs.IsNegative, margin);
    }

    /// <summary>Counts only these triplets.</summary>
    /// <param name="distances">[N,N].</param>
    /// <param name="triplets">Such as a miner's.</param>
    /// <param name="margin">α.</param>
    public static TripletCounts Of(Tensor distances, Triplets triplets, double margin)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var d = distances.detach();
        return Count(d[triplets.Anchors, triplets.Positives], d[triplets.Anchors, triplets.Negatives], null, margin);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Total} triplets: {Easy} easy, {SemiHard} semi-hard, {Hard} hard";

    private static TripletCounts Count(Tensor toPositive, Tensor toNegative, Tensor? valid, double margin)
    {
        var hard = toNegative <= toPositive;
        var active = hard.logical_or(toNegative < toPositive + margin);
        if (valid is not null) (hard, active) = (hard.logical_and(valid), active.logical_and(valid));
        var (hardCount, activeCount) = (hard.sum().item<long>(), active.sum().item<long>());
        return new TripletCounts((valid?.sum().item<long>() ?? toNegative.numel()) - activeCount, activeCount - hardCount, hardCount);
    }
}

/// <summary>Every ordered pair (A, P) of a batch, and how far A is from everyone.</summary>
/// <param name="Anchors">[Q].</param>
/// <param name="Positives">[Q].</param>
/// <param name="ToPositive">[Q]: d(A, P).</param>
/// <param name="ToNegatives">[Q,N]: d(A, ·).</param>
/// <param name="IsNegative">[Q,N]: whether · is someone else.</param>
internal readonly record struct PositivePairs(Tensor Anchors, Tensor Positives, Tensor ToPositive, Tensor ToNegatives, Tensor IsNegative)
{
    /// <summary>Whether two pictures show one person, [N,N]; the diagonal is false.</summary>
    public static Tensor Same(Tensor people) =>
        people.unsqueeze(0).eq(people.unsqueeze(1)).logical_and(eye(people.shape[0], dtype: @bool, device: people.device).logical_not());

    public static PositivePairs Of(Tensor distances, Tensor people)
    {
        if (people.dim() != 1 || distances.dim() != 2 || distances.shape[0] != people.shape[0] || distances.shape[1] != people.shape[0])
            throw new ArgumentException($"N people need a distance matrix [N,N]; given [{string.Join(',', people.shape)}] and [{string.Join(',', distances.shape)}]");

        var d = distances.detach();
        people = people.to(d.device);
        var where = Same(people).nonzero();
        var (anchors, positives) = (where[.., 0], where[.., 1]);
        return new PositivePairs(anchors, positives, d[anchors, positives], d.index_select(0, anchors), people.unsqueeze(0).ne(people.index_select(0, anchors).unsqueeze(1)));
    }
}
