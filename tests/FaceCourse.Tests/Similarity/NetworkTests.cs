using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public class NetworkTests
{
    [Fact]
    public void An_encoding_has_length_one_and_does_not_mind_a_darker_photo()
    {
        using var scope = NewDisposeScope();
        using var encoder = new SmallEncoder(channels: 3, size: 32, dimensions: 24, seed: 1);
        encoder.eval();
        var x = rand(5, 3, 32, 32, generator: new Generator(1));

        var f = encoder.call(x);

        Assert.Equal([5, 24], f.shape);
        Assert.True(f.norm(1).allclose(ones(5)));
        Assert.True(encoder.call(x * 0.5).allclose(f, atol: 1e-2));
        Assert.Contains("halved", Assert.Throws<ArgumentOutOfRangeException>(() => new SmallEncoder(size: 50)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_network()
    {
        using var scope = NewDisposeScope();
        using SmallEncoder a = new(seed: 4), b = new(seed: 4), c = new(seed: 5);
        foreach (var ((name, p), (_, q)) in a.named_parameters().Zip(b.named_parameters())) Assert.True(p.equal(q).all().item<bool>(), name);
        Assert.False(a.parameters().First().allclose(c.parameters().First()));
    }

    [Fact]
    public void Both_branches_of_a_Siamese_network_are_one_set_of_parameters()
    {
        using var scope = NewDisposeScope();
        using var encoder = new SmallEncoder(size: 16, dimensions: 8, seed: 2);
        using var siamese = new SiameseNetwork(encoder);
        siamese.eval();
        var (x1, x2) = (rand(3, 1, 16, 16), rand(3, 1, 16, 16));

        // Not one parameter more than the encoder has, and the same input gives the same output on both sides.
        Assert.Equal(encoder.parameters().Count(), siamese.parameters().Count());
        var (f1, f2) = siamese.Encode(x1, x1);
        Assert.True(f1.equal(f2).all().item<bool>());
        Assert.Equal(0, siamese.call(x1, x1).abs().sum().item<float>());

        // Changing what one branch uses changes the other's output.
        using (no_grad()) encoder.parameters().First().mul_(-1);
        Assert.False(siamese.Encode(x2, x1).Second.allclose(f2));

        // The gradient of the pair is the sum of the gradients that each branch asks for alone.
        Tensor[] Gradients(bool first, bool second)
        {
            siamese.zero_grad();
            var (a, b) = siamese.Encode(x1, x2);
            Distance.SquaredL2.Between(first ? a : a.detach(), second ? b : b.detach()).sum().backward();
            return [.. siamese.parameters().Select(p => p.grad!.clone())];
        }

        var (both, left, right) = (Gradients(true, true), Gradients(true, false), Gradients(false, true));
        for (var i = 0; i < both.Length; i++)
        {
            Assert.True(both[i].allclose(left[i] + right[i], rtol: 1e-3, atol: 1e-5));
            Assert.True(left[i].abs().sum().item<float>() > 0 || both[i].abs().sum().item<float>() < 1e-4);
        }
    }

    [Theory]
    [InlineData(PairForm.AbsoluteDifference)]
    [InlineData(PairForm.ChiSquare)]
    public void The_pair_classifier_is_its_formula_and_learns_to_tell_pairs_apart(PairForm form)
    {
        using var scope = NewDisposeScope();
        var g = new Generator(1);
        var people = Enumerable.Range(0, 60).Select(i => i / 6).ToArray();
        var centres = rand([10, 16], generator: g);
        var encodings = stack(people.Select(p => centres[p])) + (randn([60, 16], generator: g) * 0.1);
        using var classifier = new PairClassifier(16, form);
        Assert.Equal(0.5f, classifier.call(encodings[..1], encodings[1..2]).item<float>());

        var losses = new List<double>();
        var last = classifier.Fit(encodings, people, steps: 150, progress: new Collect<double>(losses), ct: TestContext.Current.CancellationToken);

        Assert.Equal(Math.Log(2), losses[0], 1e-5);
        Assert.InRange(last, 0, 0.15);
        var (w, b, rows) = (classifier.Weights.data<float>().ToArray(), classifier.Bias.item<float>(), Slow.Rows(encodings));
        foreach (var (i, j) in new[] { (0, 1), (0, 30), (7, 8) })
        {
            var z = b + Enumerable.Range(0, 16).Sum(k => w[k] * (form == PairForm.AbsoluteDifference
                ? Math.Abs(rows[i][k] - rows[j][k])
                : Math.Pow(rows[i][k] - rows[j][k], 2) / (Math.Abs(rows[i][k]) + Math.Abs(rows[j][k]) + 1e-8)));
            var y = classifier.call(encodings[i..(i + 1)], encodings[j..(j + 1)]).item<float>();
            Assert.Equal(1 / (1 + Math.Exp(-z)), y, 1e-4);
            Assert.Equal(people[i] == people[j], y > 0.5);
        }
    }

    [Fact]
    public void A_pair_classifier_needs_both_kinds_of_pairs()
    {
        using var classifier = new PairClassifier(4);
        using var encodings = zeros(3, 4);
        Assert.Contains("two pictures", Assert.Throws<TrainingException>(() => classifier.Fit(encodings, [1, 2, 3], ct: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => classifier.Fit(encodings, [1, 1, 1], ct: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Principal_components_find_the_plane_that_points_lie_in()
    {
        using var scope = NewDisposeScope();
        var plane = randn([50, 2], generator: new Generator(1)) * tensor(new[] { 5f, 1f });
        var turned = plane.matmul(linalg.qr(randn([6, 6], generator: new Generator(2))).Q[..2]) + 3;

        using var pca = PrincipalComponents.Fit(turned, 3);
        var projected = pca.Project(turned);

        Assert.Equal(1, pca.Shares[0] + pca.Shares[1], 1e-6);
        Assert.True(pca.Shares[0] > 0.8);
        Assert.True(Distance.L2.Pairwise(projected).allclose(Distance.L2.Pairwise(plane), atol: 1e-3));
    }

    [Fact]
    public void One_shot_recognition_is_certain_of_clusters_and_guesses_among_noise()
    {
        using var scope = NewDisposeScope();
        var people = Enumerable.Range(0, 100).Select(i => i / 5).ToArray();
        var clusters = eye(20).repeat_interleave(5, 0) + (randn([100, 20], generator: new Generator(1)) * 0.01);

        Assert.Equal(1, OneShot.Accuracy(clusters, people));
        Assert.InRange(OneShot.Accuracy(randn([100, 20], generator: new Generator(2)), people), 0.01, 0.12);
        Assert.Equal(1, Verification.Of(clusters, people).Auc);
        Assert.Throws<ArgumentException>(() => OneShot.Accuracy(clusters[..3], [1, 2, 3]));
    }

    internal sealed class Collect<T>(List<T> into) : IProgress<T>
    {
        public void Report(T value) => into.Add(value);
    }
}
