using FaceCourse.Convolutions;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.Convolutions;

public sealed class SlidingSumTests
{
    [Fact]
    public void The_slides_row_and_filter_give_four_sums()
    {
        var steps = SlidingSum.Along(SlidingSum.SlideRow, SlidingSum.SlideFilter);

        // Worked on paper: 1·1 + 20·3 + 15·10 + 3·3 + 18·1 = 238, and so on.
        Assert.Equal([238, 161, 244, 206], steps.Select(s => s.Sum));
        Assert.Equal([1, 60, 150, 9, 18], steps[0].Products);
        Assert.Equal([3, 18, 12, 4, 17], steps[3].Inputs);
    }

    [Fact]
    public void Padding_keeps_the_length_and_a_stride_thins_it()
    {
        Assert.Equal(8, SlidingSum.Along(SlidingSum.SlideRow, SlidingSum.SlideFilter, padding: 2).Count);
        Assert.Equal([238, 244], SlidingSum.Along(SlidingSum.SlideRow, SlidingSum.SlideFilter, stride: 2).Select(s => s.Sum));
    }

    [Fact]
    public void By_hand_by_matrix_and_by_library_are_equal_in_one_two_and_three_directions()
    {
        var random = new Random(5);
        for (var i = 0; i < 90; i++)
        {
            using var scope = torch.NewDisposeScope();
            var d = 1 + (i % 3);
            var (c, f, stride, padding, dilation) = (random.Next(1, 4), random.Next(1, 4), random.Next(1, 3), random.Next(0, 3), random.Next(1, 3));
            var generator = new torch.Generator((ulong)i);
            var x = torch.randn([2, c, .. Enumerable.Range(0, d).Select(_ => (long)random.Next(7, 11))], generator: generator);
            var w = torch.randn([f, c, .. Enumerable.Range(0, d).Select(_ => (long)random.Next(1, 4))], generator: generator);
            var b = torch.randn([f], generator: generator);

            var byHand = SlidingSum.Apply(x, w, b, stride, padding, dilation);
            var byMatrix = SlidingSum.AsMatrixProduct(x, w, b, stride, padding, dilation);
            var fast = FastConvolution.Apply(x, w, b, stride, padding, dilation);

            Assert.Equal(fast.shape, byHand.shape);
            Assert.True((byHand - fast).abs().max().item<float>() < 1e-5, "by hand");
            Assert.True((byMatrix - fast).abs().max().item<float>() < 1e-5, "as a matrix product");
        }
    }

    [Fact]
    public void Bad_rows_filters_and_strides_are_refused_in_words()
    {
        Assert.Contains("larger than the input", Assert.Throws<ConvolutionException>(() => SlidingSum.Along([1, 2], [1, 2, 3])).Message);
        Assert.Contains("NaN", Assert.Throws<ConvolutionException>(() => SlidingSum.Along([1, double.NaN, 3], [1, 2])).Message);
        Assert.Contains("stride is -1", Assert.Throws<ConvolutionException>(() => SlidingSum.Along([1, 2, 3], [1, 2], -1)).Message);
        using var scope = torch.NewDisposeScope();
        Assert.Contains("as many channels", Assert.Throws<ConvolutionException>(() => SlidingSum.Apply(torch.ones([1, 2, 5]), torch.ones([1, 3, 3]))).Message);
        Assert.Contains("larger than the input", Assert.Throws<ConvolutionException>(() => SlidingSum.AsMatrixProduct(torch.ones([1, 2, 5]), torch.ones([1, 2, 6]))).Message);
        Assert.Contains("[N, channels", Assert.Throws<ConvolutionException>(() => SlidingSum.Apply(torch.ones([5]), torch.ones([3]))).Message);
    }
}
