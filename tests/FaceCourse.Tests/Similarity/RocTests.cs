using FaceCourse.Similarity;
using Xunit;

namespace FaceCourse.Tests.Similarity;

public class RocTests
{
    [Fact]
    public void Pairs_that_do_not_overlap_are_told_apart_without_error()
    {
        var roc = new Roc([0.1, 0.2, 0.3], [0.7, 0.9]);

        Assert.Equal(1, roc.Auc);
        Assert.Equal(0, roc.EqualErrorRate, 12);
        Assert.Equal(0.5, roc.BestThreshold, 12);
        Assert.Equal(1, roc.Accuracy(roc.BestThreshold));
        Assert.Equal(1, roc.TrueAcceptsAt(0));
    }

    [Fact]
    public void A_small_case_worked_out_by_hand()
    {
        // Genuine 1 2 3 6, impostor 2.5 4 5 7: 12 of the 16 pairings have the genuine pair closer.
        var roc = new Roc([6, 1, 3, 2], [4, 2.5, 7, 5]);

        Assert.Equal(12 / 16.0, roc.Auc, 12);
        Assert.Equal(0.25, roc.EqualErrorRate, 12);
        Assert.Equal(0.5, roc.FalseAcceptRate(4));
        Assert.Equal(0.25, roc.FalseRejectRate(3));
        Assert.Equal(0.5, roc.TrueAcceptsAt(0.1));
        Assert.Equal(0.75, roc.TrueAcceptsAt(0.25));
        Assert.Equal(0.75, roc.Accuracy(3.2), 12);
    }

    [Fact]
    public void A_threshold_is_chosen_for_a_promised_false_accept_rate_or_for_equal_errors()
    {
        // Genuine 1 2 3 6, impostor 2.5 4 5 7.
        var roc = new Roc([6, 1, 3, 2], [4, 2.5, 7, 5]);

        Assert.Equal(2.25, roc.ThresholdAt(0.1), 12);
        Assert.Equal(3.5, roc.ThresholdAt(0.25), 12);
        Assert.Equal(3.5, roc.EqualErrorThreshold, 12);
        Assert.Equal((0.25, 0.25), (roc.FalseAcceptRate(roc.EqualErrorThreshold), roc.FalseRejectRate(roc.EqualErrorThreshold)));
        Assert.Equal(7, roc.ThresholdAt(1), 12);

        // Where the nearest pair of all is an impostor, only a τ below it lets in none.
        Assert.Equal(0, new Roc([0.8], [0.4]).FalseAcceptRate(new Roc([0.8], [0.4]).ThresholdAt(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.ThresholdAt(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => roc.ThresholdAt(1.5));
    }

    [Fact]
    public void Equal_distances_say_nothing()
    {
        var roc = new Roc([1, 1, 1], [1, 1]);

        Assert.Equal(0.5, roc.Auc);
        Assert.Equal(0.5, roc.EqualErrorRate, 12);
        Assert.Equal(0.5, roc.Accuracy(roc.BestThreshold));
    }

    [Fact]
    public void On_random_distances_area_rates_and_best_threshold_agree_with_counting()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            // Rounded, so that ties happen.
            var same = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Math.Round(random.NextDouble(), 1)).ToList();
            var different = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Math.Round(0.3 + random.NextDouble(), 1)).ToList();
            var roc = new Roc(same, different);

            var wins = same.Sum(s => different.Sum(d => s < d ? 1.0 : s == d ? 0.5 : 0));
            Assert.Equal(wins / (same.Count * different.Count), roc.Auc, 10);

            double Accuracy(double t) => ((same.Count(s => s <= t) / (double)same.Count) + (different.Count(d => d > t) / (double)different.Count)) / 2;
            var best = same.Concat(different).Max(Accuracy);
            Assert.Equal(best, roc.Accuracy(roc.BestThreshold), 10);
            foreach (var t in same.Concat(different)) Assert.Equal(Accuracy(t), roc.Accuracy(t), 10);
            foreach (var far in new[] { 0, 0.05, 0.3, 1 })
            {
                var tar = same.Concat(different).Append(-1).Where(t => different.Count(d => d <= t) <= far * different.Count).Max(t => same.Count(s => s <= t) / (double)same.Count);
                Assert.Equal(tar, roc.TrueAcceptsAt(far), 10);
                Assert.True(roc.FalseAcceptRate(roc.ThresholdAt(far)) <= far);
                Assert.Equal(tar, 1 - roc.FalseRejectRate(roc.ThresholdAt(far)), 10);
            }
        }
    }

    [Fact]
    public void One_kind_of_pairs_alone_or_a_broken_distance_is_refused()
    {
        Assert.Contains("both kinds", Assert.Throws<ArgumentException>(() => new Roc([], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new Roc([1, double.NaN], [1])).Message, StringComparison.Ordinal);
    }
}
