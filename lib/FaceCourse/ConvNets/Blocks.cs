using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>The few building blocks that all networks of the course are made of.</summary>
internal static class Blocks
{
    /// <summary>A convolution followed by ReLU, as one layer.</summary>
    public static NamedLayer ConvRelu(string name, Tensor weight, Tensor bias, int stride = 1, int padding = 0)
    {
        var (output, size) = ((int)weight.size(0), (int)weight.size(2));
        return new(name, output, new(size, stride, padding), nn.Sequential(Conv(weight, bias, stride, padding), nn.ReLU(inplace: true)));
    }

    /// <summary>A convolution with these weights: OIHW kernel and bias.</summary>
    public static nn.Module<Tensor, Tensor> Conv(Tensor weight, Tensor bias, int stride = 1, int padding = 0)
    {
        var conv = nn.Conv2d(weight.size(1), weight.size(0), weight.size(2), stride: stride, padding: padding);
        using var _ = no_grad();
        conv.weight.copy_(weight);
        conv.bias!.copy_(bias);
        return conv;
    }

    /// <summary>A pooling layer over the channels of the layer before.</summary>
    public static NamedLayer Pool(string name, int channels, Pooling pooling, int size, int stride) =>
        new(name, channels, new(size, stride, 0), pooling == Pooling.Average ? nn.AvgPool2d(size, stride) : nn.MaxPool2d(size, stride));
}
