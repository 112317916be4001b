using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public sealed class OpenSetTests
{
    [Fact]
    public void People_far_apart_are_never_mistaken_whatever_K()
    {
        using var scope = NewDisposeScope();
        // Person p stands at 10·p, and each picture a little beside it.
        var encodings = tensor(Enumerable.Range(0, 30).Select(i => (float)((10 * (i / 3)) + (0.1 * (i % 3)))).ToArray()).unsqueeze(1);
        var people = Enumerable.Range(0, 30).Select(i => i / 3).ToArray();

        foreach (var errors in OpenSet.Measure(encodings, people, [1, 5, 9], threshold: 1, draws: 100))
            Assert.Equal((0, 0, 0), (errors.StrangersNamed, errors.MembersMistaken, errors.MembersRejected));
    }

    [Fact]
    public void With_chance_encodings_the_error_grows_as_the_formula_says()
    {
        using var scope = NewDisposeScope();
        // On a sphere every stranger stands alike: the K comparisons are independent. (In a cloud, those near its middle are near everybody.)
        var encodings = nn.functional.normalize(randn(400, 128, generator: new Generator(1)));
        var people = Enumerable.Range(0, 400).Select(i => i / 2).ToArray();
        var distances = Distance.L2.Pairwise(encodings).data<float>().ToArray().Where(d => d > 0).Order().ToArray();
        var tau = distances[(int)(0.02 * distances.Length)];

        foreach (var errors in OpenSet.Measure(encodings, people, [1, 10, 50], tau, draws: 4000, seed: 3))
            Assert.Equal(1 - Math.Pow(1 - 0.02, errors.K), errors.StrangersNamed, 0.06);
    }

    [Fact]
    public void A_threshold_of_nothing_rejects_every_member_and_an_endless_one_names_every_stranger()
    {
        using var scope = NewDisposeScope();
        var encodings = randn(20, 8, generator: new Generator(2));
        var people = Enumerable.Range(0, 20).Select(i => i / 2).ToArray();

        Assert.Equal(1, OpenSet.Measure(encodings, people, [5], threshold: 0)[0].MembersRejected);
        Assert.Equal(1, OpenSet.Measure(encodings, people, [5], threshold: 1e9)[0].StrangersNamed);
    }

    [Fact]
    public void What_cannot_be_measured_is_refused_with_a_sentence()
    {
        using var scope = NewDisposeScope();
        var encodings = randn(4, 8);

        Assert.Contains("1 to 1", Assert.Throws<ArgumentException>(() => OpenSet.Measure(encodings, [1, 1, 2, 2], [2], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("one picture only", Assert.Throws<ArgumentException>(() => OpenSet.Measure(encodings, [1, 1, 2, 3], [1], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("one person for each row", Assert.Throws<ArgumentException>(() => OpenSet.Measure(encodings, [1, 1], [1], 1)).Message, StringComparison.Ordinal);
    }
}
