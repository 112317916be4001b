using System.Runtime.InteropServices;
using FaceCourse.Convolutions;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.Convolutions;

public sealed class ShapeTests
{
    [Theory]
    [InlineData("14×14×14×1 * 5×5×5×1, 16 filters → 10×10×10×16 → 5×5×5×16, 32 filters → 6×6×6×32", "6×6×6×32")]
    [InlineData("14×14×3 → 10×10×16 → 6×6×32", "6×6×32")]
    [InlineData("14×1 → 10×16 → 6×32", "6×32")]
    [InlineData("14x14x3 * 5x5x3, 16 filters -> 10x10x16 -> 5x5x16, 32 filters -> 6x6x32", "6×6×32")]
    [InlineData("14×1 * 5×1, 16 filters → 10×16 → 5×16, 32 filters → 6×32", "6×32")]
    [InlineData("32×32×32×16 * 3×3×3, 32 filters", "30×30×30×32")]
    [InlineData("64×64×64×3 * 4×4×4, 16 filters, stride 2, zero padding", "31×31×31×16")]
    [InlineData("64×64×64×3 * 16 filters of 4×4×4, stride 2, padding 1", "32×32×32×16")]
    [InlineData("64×64×64×3 → 16 filters 4×4×4, stride 2 → 31×31×31×16", "31×31×31×16")]
    [InlineData("28×28×1 * 3×3, 8 filters, same padding → 28×28×8", "28×28×8")]
    [InlineData("100×1 * 5, 4 filters, dilation 3 = 88×4", "88×4")]
    [InlineData("10×10×3 * 3×3×3", "8×8×1")]
    public void The_lectures_and_the_quizs_expressions_come_out_right(string expression, string output)
    {
        var chain = ConvolutionChain.Parse(expression);

        Assert.Equal(output, chain.Output.ToString());
        Assert.All(chain.Steps, step => Assert.Equal(step.Output, step.Measure()));
    }

    [Fact]
    public void The_lectures_CT_chain_is_spelled_out_with_its_parameters_and_multiplications()
    {
        var chain = ConvolutionChain.Parse("14×14×14×1 → 10×10×10×16 → 6×6×6×32");

        Assert.Equal("14×14×14×1 * 5×5×5×1, 16 filters → 10×10×10×16 → 5×5×5×16, 32 filters → 6×6×6×32", chain.ToString());
        Assert.Equal([2000 + 16, 64000 + 32], chain.Steps.Select(s => s.Parameters));
        Assert.Equal([2_000_000, 216 * 64000], chain.Steps.Select(s => s.Multiplications));
        Assert.Equal("⌊(14 + 2·0 − (5 − 1) − 1) / 1⌋ + 1 = 10", chain.Steps[0].Explanation);
        Assert.Equal(chain.ToString(), ConvolutionChain.Parse(chain.ToString()).ToString());
    }

    [Fact]
    public void The_shape_is_always_the_one_that_TorchSharp_returns_or_both_refuse()
    {
        var random = new Random(7);
        var (fits, refused) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var dimensions = 1 + (i % 3);
            var sides = Enumerable.Range(0, dimensions).Select(_ => (long)random.Next(1, 14)).ToArray();
            var kernel = Enumerable.Range(0, dimensions).Select(_ => (long)random.Next(1, 6)).ToArray();
            var input = new FeatureShape(sides, random.Next(1, 4));
            var layer = new ConvolutionLayer(kernel, random.Next(1, 5), random.Next(1, 4), random.Next(0, 4), random.Next(1, 4));
            using var scope = torch.NewDisposeScope();
            // Doubles: for floats libtorch compiles a kernel per shape, which costs more than these convolutions.
            var pixels = torch.zeros([1, input.Channels, .. sides], torch.float64);
            var weight = torch.zeros([layer.Filters, input.Channels, .. kernel], torch.float64);
            Func<long[]> real = () => FastConvolution.Apply(pixels, weight, null, layer.Stride, layer.Padding, layer.Dilation).shape;
            ConvolutionStep step;
            try
            {
                step = layer.On(input);
            }
            catch (ConvolutionException)
            {
                // libtorch spells out its whole stack each time it refuses, so only some are asked.
                if (++refused % 20 != 0) continue;
                Assert.ThrowsAny<ExternalException>(real);
                continue;
            }

            fits++;
            Assert.Equal([1, step.Output.Channels, .. step.Output.Sides], real());
            if (i % 20 != 0) continue;
            Assert.Equal(step.Output, step.Measure());
            using var module = step.ToModule();
            Assert.Equal(step.Parameters, module.parameters().Sum(p => p.numel()));
        }

        Assert.True(fits > 2000 && refused > 200, $"{fits} fitted, {refused} were refused");
    }

    [Theory]
    [InlineData("4×4×1 * 5×5×1, 2 filters", "Step 1: The filter is larger than the input: it reaches across 5 places, but there are only 4. Take a smaller filter or more padding.")]
    [InlineData("14×14×3 * 5×5×4, 2 filters", "a filter has as many channels as its input")]
    [InlineData("14×14×3 * 5×5×3, 16 filters → 11×11×16", "Step 1: the result is 10×10×16, not 11×11×16")]
    [InlineData("14×14×3 * 5×5×3, 16 filters → 10×10×3", "each filter gives one channel, and there are 16 filters")]
    [InlineData("14×14×3 * 5×5×3, 16 filters, stride -1", "The stride is -1, but it must be at least 1.")]
    [InlineData("14×14×3 * 5×5×3, 16 filters, stride 0", "The stride is 0")]
    [InlineData("14×14×3 * 5×5×3, 16 filters, padding -2", "The padding is -2")]
    [InlineData("14×14×3 * 5×5×3, 0 filters", "The number of filters is 0")]
    [InlineData("14×14×3 * 5×5×5×3, 4 filters", "so it has one to three sides")]
    [InlineData("14×14×14×1 * 5×5, 4 filters", "A 5×5 filter slides in 2 directions, but the input 14×14×14×1 has 3 sides")]
    [InlineData("14×14×3 → 20×20×8", "without padding no filter turns 14×14×3 into the larger 20×20×8")]
    [InlineData("14×14×3 → 10×16", "a convolution keeps their number")]
    [InlineData("14×14×3", "holds no convolution")]
    [InlineData("", "nothing between two signs")]
    [InlineData("14×14×3 * ", "nothing between two signs")]
    [InlineData("14×cat×3 * 5×5×3", "\"cat\" is not a whole number")]
    [InlineData("14×14×3 * 5×5×3, 16 felters", "\"16 felters\" is not understood")]
    [InlineData("14×14×3 * 16 filters", "names no filter")]
    [InlineData("0×14×3 * 5×5×3", "\"0\" is not a whole number from 1 up")]
    [InlineData("99999999999999999999×3 * 5×3", "is not a whole number")]
    [InlineData("14×14×3 * 5×5×3, 99999999999999999999 filters", "no whole number that fits")]
    public void An_impossible_expression_is_refused_with_the_reason(string expression, string reason)
    {
        Assert.False(ConvolutionChain.TryParse(expression, out _, out var why));
        Assert.Contains(reason, why, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void No_text_makes_the_parser_fail_in_another_way()
    {
        var random = new Random(3);
        string[] words = ["14", "×", "x", "3", " ", "*", "→", "->", "=", "5×5", "filters", "stride", "padding", "same", "-1", ",", "16 filters", "dilation 2", "(", "é", "2147483648"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
            if (ConvolutionChain.TryParse(text, out var chain, out var reason)) Assert.NotEmpty(chain.Steps);
            else Assert.NotEmpty(reason);
        }
    }
}
