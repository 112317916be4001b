namespace FaceCourse.Similarity;

/// <summary>One threshold and what it lets through.</summary>
/// <param name="Threshold">τ: a pair at most this far apart is called the same person.</param>
/// <param name="FalseAccepts">FAR: the share of different-person pairs called the same, 0…1.</param>
/// <param name="TrueAccepts">TAR = 1 − FRR: the share of same-person pairs called the same, 0…1.</param>
public readonly record struct RocPoint(double Threshold, double FalseAccepts, double TrueAccepts);

/// <summary>How well a distance tells pairs of one person from pairs of two: every threshold τ at once.</summary>
/// <remarks>
/// A pair is called the same person when d ≤ τ. FAR(τ) is the share of impostor pairs let in, FRR(τ) the share of genuine
/// pairs turned away; the curve of 1 − FRR over FAR is the receiver operating characteristic. See FaceNet, section 4.
/// </remarks>
public sealed class Roc
{
    private readonly double[] _same;
    private readonly double[] _different;

    /// <summary>Takes the distances of the two kinds of pairs.</summary>
    /// <param name="same">d of pairs that show one person.</param>
    /// <param name="different">d of pairs that show two people.</param>
    /// <exception cref="ArgumentException">One kind is missing, or a distance is not a number.</exception>
    public Roc(IEnumerable<double> same, IEnumerable<double> different)
    {
        _same = [.. same.Order()];
        _different = [.. different.Order()];
        if (_same.Length == 0 || _different.Length == 0)
            throw new ArgumentException($"a ROC needs pairs of both kinds; there are {_same.Length} of one person and {_different.Length} of two. Give at least two people, one of them with two pictures.");
        if (double.IsNaN(_same[0]) || double.IsNaN(_different[0]))
            throw new ArgumentException("a distance is not a number (NaN): the encodings it comes from are broken, look at the training's loss");

        Points = Curve();
    }

    /// <summary>The distances of genuine pairs, ascending.</summary>
    public IReadOnlyList<double> Same => _same;

    /// <summary>The distances of impostor pairs, ascending.</summary>
    public IReadOnlyList<double> Different => _different;

    /// <summary>The curve from (0, 0) at τ = −∞ to (1, 1), one point per distinct distance.</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>The area under the curve: the chance that a genuine pair is closer than an impostor pair, a tie counting half.</summary>
    public double Auc
    {
        get
        {
            var area = 0.0;
            for (var i = 1; i < Points.Count; i++)
                area += (Points[i].FalseAccepts - Points[i - 1].FalseAccepts) * (Points[i].TrueAccepts + Points[i - 1].TrueAccepts) / 2;
            return area;
        }
    }

    /// <summary>The equal error rate: where FAR and FRR cross, between two points on the straight line that joins them.</summary>
    public double EqualErrorRate
    {
        get
        {
            for (var i = 1; i < Points.Count; i++)
            {
                var (before, after) = (Excess(Points[i - 1]), Excess(Points[i]));
                if (after < 0) continue;
                var share = -before / (after - before);
                return Points[i - 1].FalseAccepts + (share * (Points[i].FalseAccepts - Points[i - 1].FalseAccepts));
            }

            return 1;

            static double Excess(RocPoint p) => p.FalseAccepts - (1 - p.TrueAccepts);
        }
    }

    /// <summary>The τ with the largest <see cref="Accuracy"/>, half-way between the two distances it separates.</summary>
    public double BestThreshold => Between(Enumerable.Range(1, Points.Count - 1).MaxBy(i => Points[i].TrueAccepts - Points[i].FalseAccepts));

    /// <summary>The τ at which FAR and FRR are nearest to each other, half-way to the next distance: no mistake is rated worse than the other.</summary>
    public double EqualErrorThreshold => Between(Enumerable.Range(1, Points.Count - 1).MinBy(i => Math.Abs(Points[i].FalseAccepts - (1 - Points[i].TrueAccepts))));

    /// <summary>The largest τ that keeps a promise: at most <paramref name="falseAccepts"/> of the impostor pairs are let in.</summary>
    /// <param name="falseAccepts">FAR, 0…1, such as 0.001. With fewer than 1/FAR impostor pairs to go by, the promise is only that none of them is let in.</param>
    /// <returns>Half-way between the distances it separates, so that it does not hang on the last digit of either.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not a share from 0 to 1.</exception>
    public double ThresholdAt(double falseAccepts)
    {
        if (!(falseAccepts is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(falseAccepts), falseAccepts, "a false accept rate is a share from 0 to 1, such as 0.001");
        return Between(Enumerable.Range(0, Points.Count).Last(i => Points[i].FalseAccepts <= falseAccepts));
    }

    /// <summary>FAR: the share of impostor pairs that τ lets in.</summary>
    public double FalseAcceptRate(double threshold) => ShareUpTo(_different, threshold);

    /// <summary>FRR: the share of genuine pairs that τ turns away.</summary>
    public double FalseRejectRate(double threshold) => 1 - ShareUpTo(_same, threshold);

    /// <summary>(TAR + TRR) / 2: the share of right answers when both kinds of pairs are equally common, as in LFW.</summary>
    public double Accuracy(double threshold) => 1 - ((FalseAcceptRate(threshold) + FalseRejectRate(threshold)) / 2);

    /// <summary>TAR@FAR: the largest share of genuine pairs let in while at most <paramref name="falseAccepts"/> of the impostors are.</summary>
    /// <param name="falseAccepts">FAR, 0…1, such as 0.001.</param>
    public double TrueAcceptsAt(double falseAccepts) => Points.Last(p => p.FalseAccepts <= falseAccepts).TrueAccepts;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_same.Length} genuine and {_different.Length} impostor pairs: AUC {Auc:0.000}, EER {EqualErrorRate:0.0%}, best τ {BestThreshold:0.00} ({Accuracy(BestThreshold):0.0%} right)";

    // A τ that lets in what the point lets in: half-way to the next distance; below all distances, half the smallest (or less than 0, if that is 0).
    private double Between(int point) => point == 0
        ? Math.Min(Points[1].Threshold / 2, Math.BitDecrement(Points[1].Threshold))
        : point + 1 < Points.Count ? (Points[point].Threshold + Points[point + 1].Threshold) / 2 : Points[point].Threshold;

    private List<RocPoint> Curve()
    {
        List<RocPoint> points = [new(double.NegativeInfinity, 0, 0)];
        for (int i = 0, j = 0; i < _same.Length || j < _different.Length;)
        {
            var at = Math.Min(i < _same.Length ? _same[i] : double.PositiveInfinity, j < _different.Length ? _different[j] : double.PositiveInfinity);
            while (i < _same.Length && _same[i] == at) i++;
            while (j < _different.Length && _different[j] == at) j++;
            points.Add(new RocPoint(at, (double)j / _different.Length, (double)i / _same.Length));
        }

        return points;
    }

    private static double ShareUpTo(double[] sorted, double threshold)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] <= threshold) low = middle + 1;
            else high = middle;
        }

        return (double)low / sorted.Length;
    }
}
