using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>Small helpers for building convolutions from weights that other frameworks trained.</summary>
internal static class Convolution
{
    private static readonly float[] FaceMeanRgb = [122.782f, 117.001f, 104.298f];

    /// <summary>The mean pixel of the photographs that the face networks were trained on, [1,3,1,1] on the scale 0…1.</summary>
    public static Tensor FaceMean() => tensor(FaceMeanRgb).div(255).view(1, 3, 1, 1);

    /// <summary>A convolution with given numbers.</summary>
    /// <param name="kernel">[H,W,in,out], TensorFlow's order.</param>
    /// <param name="bias">[out].</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="padding">Zeros on every side; TensorFlow's "same" with a stride needs <see cref="SamePad"/> instead.</param>
    public static Conv2d FromHwio(Tensor kernel, Tensor bias, int stride = 1, int padding = 0) =>
        Build(kernel.permute(3, 2, 0, 1), bias, stride, padding, groups: 1);

    /// <summary>A depthwise convolution: one kernel per channel.</summary>
    /// <param name="kernel">[H,W,channels,1], TensorFlow's order.</param>
    /// <param name="bias">[channels].</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="padding">Zeros on every side.</param>
    public static Conv2d Depthwise(Tensor kernel, Tensor bias, int stride = 1, int padding = 0) =>
        Build(kernel.permute(2, 3, 0, 1), bias, stride, padding, groups: kernel.shape[2]);

    /// <summary>Zeros around x as TensorFlow's "same" puts them: the odd one goes to the right and to the bottom.</summary>
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="kernel">Side of the kernel that follows.</param>
    /// <param name="stride">Its stride.</param>
    public static Tensor SamePad(Tensor x, long kernel, long stride)
    {
        var (top, bottom) = Sides(x.shape[2]);
        var (left, right) = Sides(x.shape[3]);
        return top + bottom + left + right == 0 ? x : nn.functional.pad(x, [left, right, top, bottom]);

        (long Before, long After) Sides(long size)
        {
            var total = Math.Max(((((size + stride - 1) / stride) - 1) * stride) + kernel - size, 0);
            return (total / 2, total - (total / 2));
        }
    }

    /// <summary>The same tensor [N,C,H,W] with the channels of a pixel side by side in memory, which CPU convolutions are quickest with.</summary>
    public static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static Conv2d Build(Tensor kernel, Tensor bias, int stride, int padding, long groups)
    {
        using var quiet = no_grad();
        var convolution = nn.Conv2d(kernel.shape[1] * groups, kernel.shape[0], (kernel.shape[2], kernel.shape[3]), (stride, stride), (padding, padding), groups: groups);
        convolution.bias!.copy_(bias);
        convolution.weight = new Parameter(ChannelsLast(kernel), requires_grad: false);
        return convolution;
    }
}
