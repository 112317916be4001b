using System.Text.Json;
using FaceCourse.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Style;

/// <summary>The costs against the numbers that the lecture's programming assignment publishes.</summary>
public sealed class CostTests
{
    // tf.random_normal([1,4,4,3], mean 1, stddev 4) with the assignment's seed, as published with it: NHWC.
    private static readonly JsonElement Published = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Style", "published_costs.json"))).RootElement;

    private static JsonElement Case(string name) => Published.GetProperty(name).GetProperty("cases")[0];

    /// <summary>NHWC [1,4,4,3] numbers as activations [1,3,4,4].</summary>
    private static Tensor Activations(JsonElement numbers) =>
        tensor(numbers.Deserialize<float[]>()!).view(1, 4, 4, 3).permute(0, 3, 1, 2);

    [Fact]
    public void The_style_matrix_is_the_published_one()
    {
        using var _ = NewDisposeScope();
        var c = Case("gram_matrix");
        var a = stack(c.GetProperty("A").Deserialize<float[][]>()!.Select(r => tensor(r)));

        var gram = Cost.StyleMatrix(a);

        var expected = stack(c.GetProperty("published").Deserialize<float[][]>()!.Select(r => tensor(r)));
        Assert.True((gram - expected).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void The_content_cost_with_the_assignments_normalisation_is_the_published_one()
    {
        using var _ = NewDisposeScope();
        var c = Case("content_cost");

        var cost = Cost.Content(Activations(c.GetProperty("a_C")), Activations(c.GetProperty("a_G")), Normalisation.Assignment);

        Assert.Equal(c.GetProperty("published").GetDouble(), cost.item<float>(), 1e-5);
    }

    [Fact]
    public void The_lectures_content_cost_is_half_the_squared_distance()
    {
        using var _ = NewDisposeScope();
        var c = Case("content_cost");
        var (aC, aG) = (c.GetProperty("a_C").Deserialize<double[]>()!, c.GetProperty("a_G").Deserialize<double[]>()!);
        var expected = 0.5 * aC.Zip(aG, (x, y) => (x - y) * (x - y)).Sum();

        var cost = Cost.Content(Activations(c.GetProperty("a_C")), Activations(c.GetProperty("a_G")));

        Assert.Equal(expected, cost.item<float>(), 1e-3);
        // 4·4·3 numbers: the assignment's constant is 1/(4·48), the lecture's ½.
        Assert.Equal(c.GetProperty("published").GetDouble() * 96, cost.item<float>(), 1e-2);
    }

    [Fact]
    public void The_style_cost_of_a_layer_is_the_published_one()
    {
        using var _ = NewDisposeScope();
        var c = Case("layer_style_cost");

        var cost = Cost.Style(Activations(c.GetProperty("a_S")), Activations(c.GetProperty("a_G")));

        Assert.Equal(c.GetProperty("published").GetDouble(), cost.item<float>(), 1e-4);
    }

    [Fact]
    public void The_total_costs_are_the_published_ones()
    {
        foreach (var c in Published.GetProperty("total_cost").GetProperty("cases").EnumerateArray())
        {
            double Get(string name) => c.GetProperty(name).GetDouble();

            Assert.Equal(Get("published"), Cost.Total(Get("J_content"), Get("J_style"), Get("alpha"), Get("beta")), 1e-9);
        }
    }

    [Fact]
    public void The_style_matrix_forgets_where_things_are()
    {
        using var _ = NewDisposeScope();
        var a = rand([5, 6, 7], generator: new Generator(1));
        var moved = a.roll([2, 3], [1, 2]).flip(2);

        Assert.True((Cost.StyleMatrix(a) - Cost.StyleMatrix(moved)).abs().max().item<float>() < 1e-4);
        Assert.True(Cost.Content(a, moved).item<float>() > 1);
    }

    [Fact]
    public void A_style_picture_twice_as_large_has_the_same_style()
    {
        using var _ = NewDisposeScope();
        var a = rand([5, 6, 7], generator: new Generator(1));
        var tiled = a.repeat([1, 2, 2]);

        Assert.True(Cost.Style(tiled, a).item<float>() < 1e-8);
    }

    [Fact]
    public void Costs_of_different_shapes_are_refused_in_words()
    {
        using var _ = NewDisposeScope();

        var content = Assert.Throws<ArgumentException>(() => Cost.Content(zeros(3, 4, 4), zeros(3, 5, 4)));
        var style = Assert.Throws<ArgumentException>(() => Cost.Style(zeros(3, 4, 4), zeros(4, 4, 4)));
        var batch = Assert.Throws<ArgumentException>(() => Cost.StyleMatrix(zeros(2, 3, 4, 4)));

        Assert.Contains("Resize", content.Message);
        Assert.Contains("channels", style.Message);
        Assert.Contains("[1,nC,nH,nW]", batch.Message);
    }
}
