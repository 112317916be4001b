using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public class MinerTests
{
    private const double Margin = 0.4;

    /// <summary>Random batches of uneven people, some of them with one picture.</summary>
    private static IEnumerable<(Tensor Distances, double[][] D, Tensor People, long[] Who)> Batches()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            var who = Enumerable.Range(0, random.Next(3, 25)).Select(_ => (long)random.Next(1, 6)).ToArray();
            var x = nn.functional.normalize(randn(who.Length, 3, generator: new Generator((ulong)seed)));
            var d = Distance.SquaredL2.Pairwise(x);
            yield return (d, Slow.Rows(d), tensor(who), who);
        }
    }

    [Fact]
    public void All_valid_triplets_are_those_of_three_nested_loops()
    {
        using var scope = NewDisposeScope();
        foreach (var (distances, _, people, who) in Batches())
            Assert.Equal(Slow.AllTriplets(who).Order(), Miner.All.Mine(distances, people).ToList().Order());
    }

    [Fact]
    public void Easy_semi_hard_and_hard_triplets_are_counted_as_FaceNet_defines_them()
    {
        using var scope = NewDisposeScope();
        foreach (var (distances, d, people, who) in Batches())
        {
            var all = Slow.AllTriplets(who);
            var expected = new TripletCounts(
                all.Count(t => (float)d[t.A][t.N] >= (float)d[t.A][t.P] + (float)Margin),
                all.Count(t => d[t.A][t.P] < d[t.A][t.N] && (float)d[t.A][t.N] < (float)d[t.A][t.P] + (float)Margin),
                all.Count(t => d[t.A][t.N] <= d[t.A][t.P]));

            Assert.Equal(expected, TripletCounts.OfBatch(distances, people, Margin));
            Assert.Equal(expected, TripletCounts.Of(distances, Miner.All.Mine(distances, people), Margin));
            Assert.Equal(all.Count, expected.Total);
        }
    }

    [Fact]
    public void A_batch_counted_by_hand()
    {
        using var scope = NewDisposeScope();
        // Pictures 0 and 1 show one person; 2 is inside, 3 within the margin, 4 beyond it, as 0 sees them.
        var row = new[] { 0f, 0.5f, 0.4f, 0.6f, 2f };
        var d = zeros(5, 5);
        for (var i = 1; i < 5; i++) d[0, i] = d[i, 0] = row[i];
        d[1, 2] = d[1, 3] = d[1, 4] = 3;

        Assert.Equal(new TripletCounts(4, 1, 1), TripletCounts.OfBatch(d, tensor(new long[] { 7, 7, 1, 2, 3 }), 0.2));
        Assert.Equal(2 / 6.0, new TripletCounts(4, 1, 1).ActiveShare, 12);
    }

    [Fact]
    public void Semi_hard_takes_for_each_pair_the_nearest_negative_beyond_the_positive_and_inside_the_margin()
    {
        using var scope = NewDisposeScope();
        foreach (var (distances, d, people, who) in Batches())
        {
            var expected = Slow.AllTriplets(who)
                .Where(t => d[t.A][t.P] < d[t.A][t.N] && (float)d[t.A][t.N] < (float)d[t.A][t.P] + (float)Margin)
                .GroupBy(t => (t.A, t.P)).Select(g => g.MinBy(t => d[t.A][t.N]));
            Assert.Equal(expected.Order(), Miner.SemiHard(Margin).Mine(distances, people).ToList().Order());
        }
    }

    [Fact]
    public void Batch_hard_takes_for_each_anchor_the_farthest_positive_and_the_nearest_negative()
    {
        using var scope = NewDisposeScope();
        foreach (var (distances, d, people, who) in Batches())
        {
            var expected = Slow.AllTriplets(who).GroupBy(t => t.A)
                .Select(g => (g.Key, g.MaxBy(t => d[t.A][t.P]).P, g.MinBy(t => d[t.A][t.N]).N));
            Assert.Equal(expected.Order(), Miner.BatchHard.Mine(distances, people).ToList().Order());
        }
    }

    [Fact]
    public void Random_triplets_are_valid_varied_and_the_same_for_the_same_seed()
    {
        using var scope = NewDisposeScope();
        var people = arange(40).remainder(8);
        var d = Distance.SquaredL2.Pairwise(randn(40, 4));
        var all = Slow.AllTriplets(people.data<long>().ToArray()).ToHashSet();
        var miner = Miner.Random(5);

        var drawn = Enumerable.Range(0, 100).SelectMany(_ => miner.Mine(d, people).ToList()).ToList();

        Assert.Equal(4000, drawn.Count);
        Assert.All(drawn, t => Assert.Contains(t, all));
        // 4000 draws out of 5600: all different would be 2858 on average.
        Assert.InRange(drawn.Distinct().Count(), 2700, 3000);
        var again = Miner.Random(5);
        Assert.Equal(drawn, Enumerable.Range(0, 100).SelectMany(_ => again.Mine(d, people).ToList()));
        Assert.NotEqual(drawn[..40], Miner.Random(6).Mine(d, people).ToList());
    }

    [Fact]
    public void A_batch_without_positives_or_without_negatives_has_no_triplets()
    {
        using var scope = NewDisposeScope();
        var d = Distance.SquaredL2.Pairwise(randn(5, 4));
        foreach (var people in new[] { arange(5), zeros(5, dtype: int64) })
        {
            foreach (var miner in new[] { Miner.All, Miner.BatchHard, Miner.SemiHard(), Miner.Random() })
            {
                var triplets = miner.Mine(d, people);
                Assert.Equal(0, triplets.Count);
                var x = ones(5, 4).requires_grad_(true);
                var loss = new TripletLoss(reduction: Reduction.MeanOfActive).Of(Distance.SquaredL2.Pairwise(x), triplets);
                loss.backward();
                Assert.Equal(0, loss.item<float>());
                Assert.Equal(0, x.grad!.abs().sum().item<float>());
            }

            Assert.Equal(default, TripletCounts.OfBatch(d, people, Margin));
        }
    }

    [Fact]
    public void Distances_of_another_batch_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Miner.All.Mine(zeros(4, 4), zeros(5, dtype: int64)));
    }

    [Fact]
    public void Each_batch_holds_P_people_with_K_pictures_and_an_epoch_misses_nobody()
    {
        // Person i has i pictures; person 1 has no positive.
        int[] people = [.. Enumerable.Range(1, 9).SelectMany(i => Enumerable.Repeat(i, i))];
        var sampler = new PersonSampler(people, peoplePerBatch: 3, picturesPerPerson: 4, seed: 3);

        Assert.Equal(1, sampler.LeftOut);
        Assert.Equal(3, sampler.BatchesPerEpoch);
        for (var epoch = 0; epoch < 4; epoch++)
        {
            var batches = Enumerable.Range(epoch * 3, 3).Select(i => sampler.Batch(i)).ToList();
            foreach (var batch in batches)
            {
                Assert.Equal(batch.Length, batch.Distinct().Count());
                var groups = batch.GroupBy(i => people[i]).ToList();
                Assert.Equal(3, groups.Count);
                Assert.All(groups, g => Assert.Equal(Math.Min(4, g.Key), g.Count()));
            }

            Assert.Equal(Enumerable.Range(2, 8), batches.SelectMany(b => b.Select(i => people[i])).Distinct().Order());
        }

        Assert.Equal(sampler.Batch(7), new PersonSampler(people, 3, 4, seed: 3).Batch(7));
        Assert.NotEqual(sampler.Batch(7), new PersonSampler(people, 3, 4, seed: 4).Batch(7));
    }

    [Fact]
    public void Half_of_a_batch_of_pairs_shows_one_person_on_two_pictures()
    {
        int[] people = [.. Enumerable.Range(1, 9).SelectMany(i => Enumerable.Repeat(i, i))];
        var sampler = new PairSampler(people, seed: 3);

        var pairs = Enumerable.Range(0, 200).SelectMany(i => sampler.Batch(i, 10)).ToList();

        Assert.Equal(1000, pairs.Count(p => p.Same));
        Assert.All(pairs, p => Assert.Equal(p.Same, people[p.First] == people[p.Second]));
        Assert.All(pairs, p => Assert.NotEqual(p.First, p.Second));
        // Nobody is missed, and the person with one picture is only found in pairs of two people.
        Assert.Equal(8, pairs.Where(p => p.Same).Select(p => people[p.First]).Distinct().Count());
        Assert.Equal(9, pairs.Where(p => !p.Same).Select(p => people[p.Second]).Distinct().Count());
        Assert.Equal(sampler.Batch(7), new PairSampler(people, seed: 3).Batch(7));
        Assert.NotEqual(sampler.Batch(7), sampler.Batch(8));
        Assert.Contains("two pictures", Assert.Throws<ArgumentException>(() => new PairSampler([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PairSampler([1, 1]));
    }

    [Fact]
    public void People_with_one_picture_each_cannot_be_sampled()
    {
        Assert.Contains("two pictures", Assert.Throws<ArgumentException>(() => new PersonSampler([1, 2, 3, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("two pictures", Assert.Throws<ArgumentException>(() => new PersonSampler([1, 1, 3, 4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PersonSampler([1, 1, 2, 2], peoplePerBatch: 1));
    }
}
