using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Picks triplets out of a batch by looking at distances. It knows nothing of the loss.</summary>
/// <remarks>
/// A batch without positives (one picture each) or without negatives (one person) has no triplets, and every miner says so
/// with an empty list.
/// </remarks>
public abstract class Miner
{
    /// <summary>Every valid triplet there is.</summary>
    public static Miner All { get; } = new AllMiner();

    /// <summary>Batch-hard (Hermans et al. 2017): for each anchor its farthest positive and its nearest negative.</summary>
    public static Miner BatchHard { get; } = new BatchHardMiner();

    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>Triplets drawn blindly, as many as the batch has pictures.</summary>
    /// <param name="seed">The same seed gives the same draws.</param>
    public static Miner Random(int seed = 0) => new RandomMiner(seed);

    /// <summary>
    /// Semi-hard (FaceNet, section 3.2): for each anchor and positive the nearest negative that is farther than the positive,
    /// if it is inside the margin: d(A,P) &lt; d(A,N) &lt; d(A,P) + α.
    /// </summary>
    /// <param name="margin">α of the loss.</param>
    public static Miner SemiHard(double margin = 0.2) => new SemiHardMiner(TripletLoss.Checked(margin, nameof(margin)));

    /// <summary>Picks triplets.</summary>
    /// <param name="distances">[N,N], ascending with unlikeness.</param>
    /// <param name="people">[N], int64: who is on each picture.</param>
    /// <returns>Positions in the batch, on the distances' device, without a gradient.</returns>
    /// <exception cref="ArgumentException">The two do not belong together.</exception>
    public Triplets Mine(Tensor distances, Tensor people)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var found = Pick(PositivePairs.Of(distances, people), distances.detach(), people.to(distances.device));
        return new Triplets(found.Anchors.MoveToOuterDisposeScope(), found.Positives.MoveToOuterDisposeScope(), found.Negatives.MoveToOuterDisposeScope());
    }

    /// <summary>For a training that is taken up again: every draw from now on is that of this step.</summary>
    internal virtual void StartStep(long step) { }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private protected abstract Triplets Pick(PositivePairs pairs, Tensor distances, Tensor people);

    private static Triplets Chosen(PositivePairs pairs, Tensor rows, Tensor negatives) =>
        new(pairs.Anchors.index_select(0, rows), pairs.Positives.index_select(0, rows), negatives);

    private sealed class AllMiner : Miner
    {
        public override string Name => "all valid";

        private protected override Triplets Pick(PositivePairs pairs, Tensor distances, Tensor people)
        {
            var where = pairs.IsNegative.nonzero();
            return Chosen(pairs, where[.., 0], where[.., 1].clone());
        }
    }

    private sealed class SemiHardMiner(double margin) : Miner
    {
        public override string Name => "semi-hard";

        private protected override Triplets Pick(PositivePairs pairs, Tensor distances, Tensor people)
        {
            if (pairs.Anchors.numel() == 0) return Chosen(pairs, pairs.Anchors, pairs.Anchors.clone());

            var toPositive = pairs.ToPositive.unsqueeze(1);
            var wanted = pairs.IsNegative.logical_and(pairs.ToNegatives > toPositive).logical_and(pairs.ToNegatives < toPositive + margin);
            var nearest = pairs.ToNegatives.masked_fill(wanted.logical_not(), double.PositiveInfinity).argmin(1);
            var rows = wanted.any(1).nonzero().flatten();
            return Chosen(pairs, rows, nearest.index_select(0, rows));
        }
    }

    private sealed class BatchHardMiner : Miner
    {
        public override string Name => "batch-hard";

        private protected override Triplets Pick(PositivePairs pairs, Tensor distances, Tensor people)
        {
            if (people.numel() == 0) return new Triplets(people.clone(), people.clone(), people.clone());

            var same = PositivePairs.Same(people);
            var other = people.unsqueeze(0).ne(people.unsqueeze(1));
            var anchors = same.any(1).logical_and(other.any(1)).nonzero().flatten();
            return new Triplets(
                anchors,
                distances.masked_fill(same.logical_not(), double.NegativeInfinity).argmax(1).index_select(0, anchors),
                distances.masked_fill(other.logical_not(), double.PositiveInfinity).argmin(1).index_select(0, anchors));
        }
    }

    private sealed class RandomMiner(int seed) : Miner
    {
        private Random _random = new(seed);

        public override string Name => "random";

        internal override void StartStep(long step) => _random = Seeds.At(seed, step);

        private protected override Triplets Pick(PositivePairs pairs, Tensor distances, Tensor people)
        {
            var who = people.cpu().data<long>().ToArray();
            var others = who.Distinct().ToDictionary(p => p, p => Enumerable.Range(0, who.Length).Where(i => who[i] != p).ToArray());
            var count = pairs.Anchors.numel() == 0 || others.Count < 2 ? 0 : who.Length;
            var anchors = pairs.Anchors.cpu().data<long>().ToArray();
            var rows = Enumerable.Range(0, count).Select(_ => (long)_random.Next(anchors.Length)).ToArray();
            var negatives = rows.Select(row => others[who[anchors[row]]]).Select(n => (long)n[_random.Next(n.Length)]).ToArray();
            return Chosen(pairs, tensor(rows, device: people.device), tensor(negatives, device: people.device));
        }
    }
}
