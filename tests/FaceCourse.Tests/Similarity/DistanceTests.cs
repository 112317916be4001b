using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public class DistanceTests
{
    public static TheoryData<string> Names => ["squared", "l2", "cosine"];

    private static Distance Named(string name) => name switch { "squared" => Distance.SquaredL2, "l2" => Distance.L2, _ => Distance.Cosine };

    private static double Slowly(string name, double[] x, double[] y) => name switch
    {
        "squared" => Slow.Squared(x, y),
        "l2" => Math.Sqrt(Slow.Squared(x, y)),
        _ => Slow.Cosine(x, y),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void One_matrix_product_gives_the_same_distances_as_a_loop_over_pairs(string name)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn(20, 128, generator: new Generator(1)), randn(15, 128, generator: new Generator(2)));
        var (rowsX, rowsY) = (Slow.Rows(x), Slow.Rows(y));

        var matrix = Slow.Rows(Named(name).Pairwise(x, y));
        var between = Named(name).Between(x[..15], y).data<float>().ToArray();

        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 15; j++)
            {
                var exact = Slowly(name, rowsX[i], rowsY[j]);
                Assert.Equal(exact, matrix[i][j], 1e-6 * exact);
                if (i == j) Assert.Equal(exact, between[i], 2e-6 * exact);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Encodings_far_from_the_origin_and_close_to_each_other_keep_their_digits(string name)
    {
        // In float32, ‖x‖² + ‖y‖² − 2x·y of these is pure rounding: 1.3e8 ± 8 for distances of 1e-4.
        using var scope = NewDisposeScope();
        var x = (randn(30, 128, generator: new Generator(3)) * 1e-2) + 1000;
        var rows = Slow.Rows(x);

        var matrix = Slow.Rows(Named(name).Pairwise(x));

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(0, matrix[i][i]);
            for (var j = 0; j < i; j++)
            {
                var exact = name == "cosine" ? Named(name).Between(x[i].to(float64), x[j].to(float64)).item<double>() : Slowly(name, rows[i], rows[j]);
                Assert.Equal(exact, matrix[i][j], 1e-3 * exact);
                Assert.Equal(matrix[i][j], matrix[j][i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_encodings_have_distance_zero_and_gradients_that_are_numbers(string name)
    {
        using var scope = NewDisposeScope();
        var one = randn(1, 16, generator: new Generator(4));
        var x = cat([one, one, one * 1, zeros(2, 16)]).requires_grad_(true);

        var matrix = Named(name).Pairwise(x);
        (matrix.sum() + Named(name).Between(x, x * 1).sum()).backward();

        Assert.Equal(0, matrix[0, 1].item<float>());
        Assert.Equal(name == "cosine" ? 1f : 0f, matrix[3, 4].item<float>());
        Assert.True(x.grad!.isfinite().all().item<bool>());
        Assert.True(matrix.isfinite().all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        using var scope = NewDisposeScope();
        var x = randn([5, 6], generator: new Generator(5), dtype: float64);
        var weights = randn([5, 5], generator: new Generator(6), dtype: float64);
        var other = randn([5, 6], generator: new Generator(7), dtype: float64);

        Assert.InRange(Slow.GradientError(v => (Named(name).Pairwise(v) * weights).sum(), x), 0, 1e-6);
        Assert.InRange(Slow.GradientError(v => (Named(name).Pairwise(v, other) * weights).sum(), x), 0, 1e-6);
        Assert.InRange(Slow.GradientError(v => (Named(name).Between(v, other) * weights[0]).sum(), x), 0, 1e-6);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[2,3]", Assert.Throws<ArgumentException>(() => Distance.L2.Pairwise(zeros(2, 3), zeros(2, 4))).Message, StringComparison.Ordinal);
    }
}
