namespace FaceCourse.Convolutions;

/// <summary>One convolutional layer, before it meets an input: its filters, how they move, and the zeros around the input.</summary>
public sealed class ConvolutionLayer
{
    /// <summary>Makes a layer.</summary>
    /// <param name="kernel">The filters' sides, one to three numbers.</param>
    /// <param name="filters">How many filters.</param>
    /// <param name="stride">How far a filter moves, in every direction.</param>
    /// <param name="padding">Zeros added on either end, in every direction.</param>
    /// <param name="dilation">The distance between a filter's neighbours.</param>
    /// <exception cref="ConvolutionException">A number is out of its range.</exception>
    public ConvolutionLayer(IEnumerable<long> kernel, long filters, long stride = 1, long padding = 0, long dilation = 1)
    {
        Kernel = [.. kernel];
        Filters = filters;
        Stride = stride;
        Padding = padding;
        Dilation = dilation;
        if (Kernel.Count is < 1 or > 3) throw new ConvolutionException("A filter slides in one, two or three directions, so it has one to three sides.");
        foreach (var side in Kernel) Check(side, "A filter's side", 1);
        Check(filters, "The number of filters", 1);
        Check(stride, "The stride", 1);
        Check(padding, "The padding", 0);
        Check(dilation, "The dilation", 1);
    }

    /// <summary>The filters' sides, without the channels.</summary>
    public IReadOnlyList<long> Kernel { get; }

    /// <summary>How many filters, and so how many output channels.</summary>
    public long Filters { get; }

    /// <summary>How far a filter moves.</summary>
    public long Stride { get; }

    /// <summary>Zeros added on either end of each side.</summary>
    public long Padding { get; }

    /// <summary>The distance between a filter's neighbours.</summary>
    public long Dilation { get; }

    /// <summary>Puts the layer on an input and works out what comes of it.</summary>
    /// <exception cref="ConvolutionException">It does not fit; the message says why.</exception>
    public ConvolutionStep On(FeatureShape input)
    {
        if (Kernel.Count != input.Dimensions)
            throw new ConvolutionException($"A {FeatureShape.Text(Kernel)} filter slides in {Kernel.Count} direction{(Kernel.Count == 1 ? "" : "s")}, but the input {input} has {input.Dimensions} side{(input.Dimensions == 1 ? "" : "s")} and {input.Channels} channel{(input.Channels == 1 ? "" : "s")}.");
        return new ConvolutionStep(input, this, new FeatureShape(input.Sides.Zip(Kernel, Side), Filters));
    }

    /// <summary>How many places a filter reaches across: dilation·(kernel − 1) + 1.</summary>
    public long Reach(int direction) => (Dilation * (Kernel[direction] - 1)) + 1;

    /// <summary>The layer in words: <c>16 filters of 5×5×5, stride 1, padding 0</c>.</summary>
    public override string ToString()
        => $"{Filters} filter{(Filters == 1 ? "" : "s")} of {FeatureShape.Text(Kernel)}, stride {Stride}, padding {Padding}{(Dilation == 1 ? "" : $", dilation {Dilation}")}";

    // out = ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1
    private long Side(long side, long kernel)
    {
        var reach = (Dilation * (kernel - 1)) + 1;
        var padded = side + (2 * Padding);
        return reach <= padded ? ((padded - reach) / Stride) + 1
            : throw new ConvolutionException($"The filter is larger than the input: it reaches across {reach} places{(Dilation == 1 ? "" : $" ({kernel} of them, {Dilation} apart)")}, but there are only {padded}{(Padding == 0 ? "" : $" ({side} and {Padding} zeros on either end)")}. Take a smaller filter or more padding.");
    }

    private static void Check(long number, string what, long least)
    {
        if (number < least || number > int.MaxValue)
            throw new ConvolutionException($"{what} is {number}, but it must be at least {least}{(number < least ? "" : $" and at most {int.MaxValue}")}.");
    }
}
