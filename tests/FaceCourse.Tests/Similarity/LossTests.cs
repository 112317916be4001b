using System.Text.Json;
using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public class LossTests
{
    [Fact]
    public void The_triplet_loss_gives_the_published_values()
    {
        using var scope = NewDisposeScope();
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Similarity", "published_triplets.json")));
        var cases = file.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.Equal(7, cases.Count);
        foreach (var c in cases)
        {
            var alpha = c.GetProperty("alpha").GetDouble();
            if (alpha < 0)
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => new TripletLoss(alpha));
                continue;
            }

            Tensor Of(string name) => tensor(c.GetProperty(name).Deserialize<float[]>()!).view(c.GetProperty("shape").Deserialize<long[]>()!);
            var loss = new TripletLoss(alpha).Of(Of("anchor"), Of("positive"), Of("negative"));

            Assert.Equal(c.GetProperty("published").GetDouble(), loss.item<float>(), 1e-3);
        }
    }

    [Fact]
    public void The_triplet_loss_agrees_with_a_slow_one_on_random_triplets()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            using var scope = NewDisposeScope();
            var g = new Generator((ulong)seed);
            var (count, width) = (1 + (seed * 7 % 30), 1 + (seed * 5 % 64));
            Tensor Rows() => randn([count, width], generator: g, dtype: float64);
            var (a, p, n) = (Rows(), Rows(), Rows());
            var margin = seed % 4 * 0.7;
            var exact = Slow.TripletLoss(Slow.Rows(a), Slow.Rows(p), Slow.Rows(n), margin);

            Assert.Equal(exact, new TripletLoss(margin).Of(a, p, n).item<double>(), 1e-10 * (1 + exact));
            Assert.Equal(exact / count, new TripletLoss(margin, Reduction.Mean).Of(a, p, n).item<double>(), 1e-10 * (1 + exact));
            Assert.Equal(exact, new TripletLoss(margin).Of(a.to(float32), p.to(float32), n.to(float32)).item<float>(), 1e-5 * (1 + exact));
        }
    }

    [Fact]
    public void Triplets_picked_from_the_distance_matrix_cost_what_they_cost_one_by_one()
    {
        using var scope = NewDisposeScope();
        var x = randn([12, 8], generator: new Generator(1), dtype: float64);
        var people = arange(12).remainder(4);
        var triplets = Miner.All.Mine(Distance.SquaredL2.Pairwise(x), people);
        foreach (var loss in new[] { new TripletLoss(0.5), new TripletLoss(0.5, Reduction.MeanOfActive), new TripletLoss(reduction: Reduction.Mean, soft: true), new TripletLoss(0.5, distance: Distance.Cosine) })
        {
            var apart = loss.Of(x[triplets.Anchors], x[triplets.Positives], x[triplets.Negatives]).item<double>();
            Assert.Equal(apart, loss.Of(loss.Distance.Pairwise(x), triplets).item<double>(), 1e-9 * apart);
        }
    }

    [Fact]
    public void The_mean_of_the_active_triplets_leaves_the_easy_ones_out()
    {
        using var scope = NewDisposeScope();
        var (toPositive, toNegative) = (tensor(new[] { 1.0, 0, 0 }), tensor(new[] { 0.5, 9, 9 }));
        var matrix = stack([tensor(new[] { 0.0, 1, 0.5 }), tensor(new[] { 1.0, 0, 9 }), tensor(new[] { 0.5, 9, 0 })]);
        var triplets = new Triplets(tensor(new long[] { 0, 1 }), tensor(new long[] { 1, 0 }), tensor(new long[] { 2, 2 }));

        Assert.Equal([0.7, 0, 0], new TripletLoss(0.2).Each(toPositive, toNegative).data<double>().ToArray());
        Assert.Equal(0.7, new TripletLoss(0.2, Reduction.MeanOfActive).Of(matrix, triplets).item<double>(), 1e-12);
        Assert.Equal(0.35, new TripletLoss(0.2, Reduction.Mean).Of(matrix, triplets).item<double>(), 1e-12);
    }

    [Fact]
    public void The_soft_margin_is_log_one_plus_e_to_the_difference()
    {
        using var scope = NewDisposeScope();
        var (a, p, n) = (zeros(1, 1), ones(1, 1) * 2, ones(1, 1) * 3);
        Assert.Equal(Math.Log(1 + Math.Exp(4 - 9)), new TripletLoss(soft: true).Of(a, p, n).item<float>(), 1e-6);
    }

    [Fact]
    public void The_contrastive_loss_agrees_with_its_formula()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn([30, 5], generator: new Generator(1), dtype: float64) * 0.3, randn([30, 5], generator: new Generator(2), dtype: float64) * 0.3);
        var same = arange(30).remainder(2).eq(0);
        var (rowsX, rowsY) = (Slow.Rows(x), Slow.Rows(y));
        var exact = Enumerable.Range(0, 30).Sum(i =>
        {
            var d = Math.Sqrt(Slow.Squared(rowsX[i], rowsY[i]));
            return i % 2 == 0 ? d * d / 2 : Math.Pow(Math.Max(0, 1 - d), 2) / 2;
        });

        Assert.Equal(exact, new ContrastiveLoss(1).Of(x, y, same).item<double>(), 1e-10);
        Assert.Equal(exact / 30, new ContrastiveLoss(1, Reduction.Mean).Of(x, y, same).item<double>(), 1e-10);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor Rows(ulong seed) => randn([6, 4], generator: new Generator(seed), dtype: float64);
        var (a, p, n) = (Rows(1), Rows(2), Rows(3));
        var same = tensor(new[] { true, false, true, false, false, true });
        var people = tensor(new long[] { 0, 0, 1, 1, 2, 2 });

        foreach (var loss in new[] { new TripletLoss(3), new TripletLoss(3, Reduction.MeanOfActive), new TripletLoss(soft: true), new TripletLoss(0.5, distance: Distance.Cosine) })
        {
            Assert.InRange(Slow.GradientError(v => loss.Of(v, p, n), a), 0, 1e-6);
            Assert.InRange(Slow.GradientError(v => loss.Of(a, v, n), p), 0, 1e-6);
            Assert.InRange(Slow.GradientError(v => loss.Of(a, p, v), n), 0, 1e-6);
            // Through the matrix, with the triplets held still as the miner leaves them.
            var triplets = Miner.All.Mine(loss.Distance.Pairwise(a), people);
            Assert.InRange(Slow.GradientError(v => loss.Of(loss.Distance.Pairwise(v), triplets), a), 0, 1e-6);
        }

        Assert.InRange(Slow.GradientError(v => new ContrastiveLoss(4).Of(v, p, same), a), 0, 1e-6);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_margin_that_is_negative_or_no_number_is_refused(double margin)
    {
        Assert.Contains("0 upwards", Assert.Throws<ArgumentOutOfRangeException>(() => new TripletLoss(margin)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContrastiveLoss(margin));
        Assert.Throws<ArgumentOutOfRangeException>(() => Miner.SemiHard(margin));
    }
}
