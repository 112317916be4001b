using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A convolution by the library, for one to three directions alike.</summary>
public static class FastConvolution
{
    /// <summary>The sliding sum of the lecture (the filter is not mirrored), on whatever device and in whatever number type the input has.</summary>
    /// <param name="input">[N, C, sides…], one to three sides.</param>
    /// <param name="weight">[filters, C, kernel sides…].</param>
    /// <param name="bias">[filters], or null.</param>
    /// <param name="stride">How far the filter moves.</param>
    /// <param name="padding">Zeros on either end.</param>
    /// <param name="dilation">The distance between the filter's neighbours.</param>
    /// <exception cref="ConvolutionException">The input has not one to three sides.</exception>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1) => input.dim() switch
    {
        3 => nn.functional.conv1d(input, weight, bias, stride, padding, dilation),
        4 => nn.functional.conv2d(input, weight, bias, [stride, stride], [padding, padding], [dilation, dilation]),
        5 => nn.functional.conv3d(input, weight, bias, [stride, stride, stride], [padding, padding, padding], [dilation, dilation, dilation]),
        _ => throw new ConvolutionException($"A convolution takes [N, channels, one to three sides]; the input has {input.dim()} numbers in its shape."),
    };
}
