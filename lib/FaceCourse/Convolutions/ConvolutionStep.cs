using System.Globalization;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A layer on an input: the output's shape, what there is to learn and to compute.</summary>
/// <param name="Input">What goes in.</param>
/// <param name="Layer">The filters.</param>
/// <param name="Output">What comes out: ⌊(n + 2p − d·(f − 1) − 1)/s⌋ + 1 on each side, as many channels as filters.</param>
public sealed record ConvolutionStep(FeatureShape Input, ConvolutionLayer Layer, FeatureShape Output)
{
    /// <summary>One filter's shape: its sides, and as many channels as the input has.</summary>
    public FeatureShape Filter => new(Layer.Kernel, Input.Channels);

    /// <summary>The weights to learn, without the biases: one filter's numbers times the number of filters.</summary>
    public long Weights => checked(Filter.Positions * Input.Channels * Layer.Filters);

    /// <summary>All that is learned: the weights, and one bias for each filter.</summary>
    public long Parameters => checked(Weights + Layer.Filters);

    /// <summary>Multiplications: every output number costs one for each number of a filter.</summary>
    public long Multiplications => checked(Output.Positions * Weights);

    /// <summary>The arithmetic of each side in words and numbers, one line per different side.</summary>
    public string Explanation
    {
        get
        {
            var lines = Input.Sides.Zip(Layer.Kernel, Output.Sides).Distinct().Select(side =>
                string.Create(CultureInfo.InvariantCulture, $"⌊({side.First} + 2·{Layer.Padding} − {(Layer.Dilation == 1 ? "" : $"{Layer.Dilation}·")}({side.Second} − 1) − 1) / {Layer.Stride}⌋ + 1 = {side.Third}"));
            return string.Join('\n', lines);
        }
    }

    /// <summary>The layer as a TorchSharp module that takes [N, channels, sides…]; the caller disposes of it.</summary>
    public nn.Module<Tensor, Tensor> ToModule()
    {
        var (c, f, k, s, p, d) = (Input.Channels, Layer.Filters, Layer.Kernel, Layer.Stride, Layer.Padding, Layer.Dilation);
        return Input.Dimensions switch
        {
            1 => nn.Conv1d(c, f, k[0], s, padding: p, dilation: d),
            2 => nn.Conv2d(c, f, (k[0], k[1]), (s, s), (p, p), (d, d)),
            _ => nn.Conv3d(c, f, (k[0], k[1], k[2]), (s, s, s), (p, p, p), (d, d, d)),
        };
    }

    /// <summary>Runs the real convolution on zeros of the input's shape and reads the shape of what comes out.</summary>
    /// <exception cref="ConvolutionException">The input or output would take more than 4 GB.</exception>
    public FeatureShape Measure()
    {
        const long most = 1_000_000_000;
        if (Math.Max((double)Input.Positions * Input.Channels, (double)Output.Positions * Output.Channels) > most)
            throw new ConvolutionException($"{Input} is too large to run here just to read a shape.");
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        using var layer = ToModule();
        var output = layer.call(zeros([1, Input.Channels, .. Input.Sides]));
        return new FeatureShape(output.shape[2..], output.shape[1]);
    }

    /// <summary>The step as the lecture writes it: <c>14×14×3 * 5×5×3, 16 filters → 10×10×16</c>.</summary>
    public override string ToString()
    {
        var extra = (Layer.Stride == 1 ? "" : $", stride {Layer.Stride}") + (Layer.Padding == 0 ? "" : $", padding {Layer.Padding}") + (Layer.Dilation == 1 ? "" : $", dilation {Layer.Dilation}");
        return $"{Input} * {Filter}, {Layer.Filters} filters{extra} → {Output}";
    }
}
