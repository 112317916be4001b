using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>One position of the filter over a row: what is multiplied with what, and the sum.</summary>
/// <param name="Start">The place in the row under the filter's first number; negative over the padding.</param>
/// <param name="Inputs">The row's numbers under the filter (zeros over the padding).</param>
/// <param name="Products">Each of them times the filter's number above it.</param>
/// <param name="Sum">Their sum: one number of the output.</param>
public sealed record SlidingSumStep(int Start, IReadOnlyList<double> Inputs, IReadOnlyList<double> Products, double Sum);

/// <summary>The convolution written out as on the slide: lay the filter on, multiply, add up, move on.</summary>
/// <remarks>As everywhere in deep learning the filter is not mirrored; mathematicians call this sum a cross-correlation.</remarks>
public static class SlidingSum
{
    /// <summary>The row of numbers on the lecture's EKG slide.</summary>
    public static IReadOnlyList<double> SlideRow { get; } = [1, 20, 15, 3, 18, 12, 4, 17];

    /// <summary>The filter on the lecture's EKG slide.</summary>
    public static IReadOnlyList<double> SlideFilter { get; } = [1, 3, 10, 3, 1];

    /// <summary>Slides a filter along a row and keeps every step.</summary>
    /// <param name="row">The signal.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="stride">How far it moves each time.</param>
    /// <param name="padding">Zeros on either end of the row.</param>
    /// <exception cref="ConvolutionException">The filter is larger than the row, or a number is out of range or not finite.</exception>
    public static IReadOnlyList<SlidingSumStep> Along(IReadOnlyList<double> row, IReadOnlyList<double> filter, int stride = 1, int padding = 0)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(filter);
        if (row.Concat(filter).Any(n => !double.IsFinite(n))) throw new ConvolutionException("The row and the filter hold finite numbers only; one here is infinite or not a number (NaN).");
        var outputs = new ConvolutionLayer([filter.Count], 1, stride, padding).On(new FeatureShape([row.Count], 1)).Output.Sides[0];
        var steps = new SlidingSumStep[outputs];
        for (var i = 0; i < outputs; i++)
        {
            var start = (i * stride) - padding;
            double[] inputs = [.. Enumerable.Range(start, filter.Count).Select(j => j >= 0 && j < row.Count ? row[j] : 0)];
            double[] products = [.. inputs.Zip(filter, (x, w) => x * w)];
            steps[i] = new SlidingSumStep(start, inputs, products, products.Sum());
        }

        return steps;
    }

    /// <summary>The same sum in one, two or three directions, over all channels: plain loops, slow, and nothing hidden.</summary>
    /// <param name="input">[N, C, sides…] of floats.</param>
    /// <param name="weight">[filters, C, kernel sides…].</param>
    /// <param name="bias">[filters], or null.</param>
    /// <param name="stride">How far the filter moves.</param>
    /// <param name="padding">Zeros on either end.</param>
    /// <param name="dilation">The distance between the filter's neighbours.</param>
    /// <returns>[N, filters, sides…]: out[n,k,p] = b[k] + Σ over c, q of input[n, c, p·stride + q·dilation − padding] · weight[k,c,q].</returns>
    /// <exception cref="ConvolutionException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1)
    {
        var step = Fitted(input, weight, stride, padding, dilation);
        var (n, c, filters) = ((int)input.shape[0], (int)step.Input.Channels, (int)step.Layer.Filters);
        // One and two directions are three with sides of 1 in front.
        var (id, ih, iw) = Three(step.Input.Sides);
        var (kd, kh, kw) = Three(step.Layer.Kernel);
        var (od, oh, ow) = Three(step.Output.Sides);
        var (pd, ph) = (step.Input.Dimensions > 2 ? padding : 0, step.Input.Dimensions > 1 ? padding : 0);
        using var scope = NewDisposeScope();
        var (x, w) = (Floats(input), Floats(weight));
        var b = bias is null ? new float[filters] : Floats(bias);
        var result = new float[(long)n * filters * od * oh * ow];
        var at = 0;
        for (var item = 0; item < n; item++)
        for (var k = 0; k < filters; k++)
        for (var z = 0; z < od; z++)
        for (var y = 0; y < oh; y++)
        for (var p = 0; p < ow; p++)
        {
            double sum = b[k];
            for (var channel = 0; channel < c; channel++)
            for (var q = 0; q < kd; q++)
            for (var r = 0; r < kh; r++)
            for (var s = 0; s < kw; s++)
            {
                var (zz, yy, xx) = ((z * stride) + (q * dilation) - pd, (y * stride) + (r * dilation) - ph, (p * stride) + (s * dilation) - padding);
                if (zz < 0 || zz >= id || yy < 0 || yy >= ih || xx < 0 || xx >= iw) continue;
                sum += (double)x[((((((item * c) + channel) * id) + zz) * ih) + yy) * iw + xx] * w[((((((k * c) + channel) * kd) + q) * kh) + r) * kw + s];
            }

            result[at++] = (float)sum;
        }

        return tensor(result, [n, filters, .. step.Output.Sides]).MoveToOuterDisposeScope();
    }

    /// <summary>The same as one large matrix product: every patch a column (im2col), every filter a row.</summary>
    /// <remarks>This is how convolutions became fast: a matrix product is what processors do best. It costs memory: each input number is copied once for every filter position over it.</remarks>
    /// <inheritdoc cref="Apply"/>
    public static Tensor AsMatrixProduct(Tensor input, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1)
    {
        var step = Fitted(input, weight, stride, padding, dilation);
        var d = step.Input.Dimensions;
        using var scope = NewDisposeScope();
        var x = nn.functional.pad(input, [.. Enumerable.Repeat((long)padding, 2 * d)]);
        // [N, C, outputs…, kernel…]: windows are views until the copy into columns below.
        for (var i = 0; i < d; i++) x = x.unfold(2 + i, step.Layer.Reach(i), stride);
        for (var i = 0; i < d; i++) x = x.slice(2 + d + i, 0, step.Layer.Reach(i), dilation);
        long[] order = [0, 1, .. Enumerable.Range(2 + d, d).Select(i => (long)i), .. Enumerable.Range(2, d).Select(i => (long)i)];
        var columns = x.permute(order).reshape(input.shape[0], -1, step.Output.Positions);
        var result = weight.reshape(step.Layer.Filters, -1).matmul(columns);
        if (bias is not null) result = result.add(bias.view(1, -1, 1));
        return result.view([input.shape[0], step.Layer.Filters, .. step.Output.Sides]).MoveToOuterDisposeScope();
    }

    private static ConvolutionStep Fitted(Tensor input, Tensor weight, int stride, int padding, int dilation)
    {
        if (input.dim() is < 3 or > 5 || weight.dim() != input.dim())
            throw new ConvolutionException($"A convolution takes an input [N, channels, one to three sides] and a weight of as many numbers; these have {input.dim()} and {weight.dim()}.");
        if (weight.shape[1] != input.shape[1])
            throw new ConvolutionException($"A filter has as many channels as its input: the weight has {weight.shape[1]}, the input {input.shape[1]}.");
        return new ConvolutionLayer(weight.shape[2..], weight.shape[0], stride, padding, dilation).On(new FeatureShape(input.shape[2..], input.shape[1]));
    }

    private static float[] Floats(Tensor t) => t.cpu().@float().contiguous().data<float>().ToArray();

    private static (int, int, int) Three(IReadOnlyList<long> sides)
        => ((int)(sides.Count > 2 ? sides[^3] : 1), (int)(sides.Count > 1 ? sides[^2] : 1), (int)sides[^1]);
}
