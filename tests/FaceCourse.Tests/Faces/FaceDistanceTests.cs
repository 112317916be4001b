using FaceCourse.Faces;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

public sealed class FaceDistanceTests
{
    [Fact]
    public void The_distance_is_the_root_of_the_summed_squares()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        var a = Enumerable.Range(0, 128).Select(_ => random.NextSingle()).ToArray();
        var b = Enumerable.Range(0, 128).Select(_ => random.NextSingle()).ToArray();
        var squared = a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum();

        Assert.Equal(squared, FaceDistance.SquaredL2(tensor(a), tensor(b)), 1e-5);
        Assert.Equal(Math.Sqrt(squared), FaceDistance.L2(tensor(a), tensor(b)), 1e-6);
    }

    [Fact]
    public void The_matrix_is_symmetric_with_a_zero_diagonal_and_agrees_with_single_pairs()
    {
        using var scope = NewDisposeScope();
        var f = randn(20, 128, generator: new Generator(1)).mul(0.1);
        var matrix = FaceDistance.Matrix(f);

        Assert.Equal(0f, matrix.diagonal().abs().max().item<float>());
        Assert.Equal(0f, matrix.sub(matrix.t()).abs().max().item<float>());
        Assert.Equal(FaceDistance.L2(f[3], f[11]), matrix[3, 11].item<float>(), 1e-6);
    }

    [Fact]
    public void Encodings_of_two_encoders_are_not_compared()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("different encoders", Assert.Throws<ArgumentException>(() => FaceDistance.L2(zeros(128), zeros(512))).Message);
    }

    [Fact]
    public void A_claim_is_accepted_up_to_and_with_the_threshold()
    {
        using var scope = NewDisposeScope();
        var (zero, half) = (zeros(128), zeros(128));
        half[0] = 0.5f;

        Assert.True(new Verifier(0.5).Verify(zero, half).Same);
        Assert.False(new Verifier(0.499).Verify(zero, half).Same);
    }

    [Fact]
    public void An_encoding_with_numbers_that_are_not_finite_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new Verifier().Verify(zeros(128), full(128, float.NaN)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_threshold_is_a_positive_distance(double threshold)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new Verifier(threshold));
}
