using System.Globalization;

namespace FaceCourse.Convolutions;

/// <summary>The shape of one input or feature map as the lecture writes it: its sides, then its channels (<c>14×14×14×1</c>).</summary>
/// <remarks>One side is a signal (EKG), two are a picture, three are a volume (CT) or a film (time is the third side).</remarks>
public sealed class FeatureShape : IEquatable<FeatureShape>
{
    /// <summary>Makes a shape.</summary>
    /// <param name="sides">One to three sides, each at least 1.</param>
    /// <param name="channels">How many channels, at least 1.</param>
    /// <exception cref="ConvolutionException">There are no or more than three sides, or a number is below 1.</exception>
    public FeatureShape(IEnumerable<long> sides, long channels)
    {
        Sides = [.. sides];
        Channels = channels;
        if (Sides.Count is < 1 or > 3) throw new ConvolutionException($"A shape has one to three sides and then its channels, such as 14×14×3; here there are {Sides.Count} sides.");
        if (Sides.Append(channels).Any(n => n is < 1 or > int.MaxValue)) throw new ConvolutionException($"{this} is no shape: every number lies between 1 and {int.MaxValue}.");
    }

    /// <summary>The sides, one to three.</summary>
    public IReadOnlyList<long> Sides { get; }

    /// <summary>The number of channels, the last number of the written shape.</summary>
    public long Channels { get; }

    /// <summary>1, 2 or 3: in how many directions a filter slides.</summary>
    public int Dimensions => Sides.Count;

    /// <summary>How many positions there are: the product of the sides.</summary>
    public long Positions => Sides.Aggregate(1L, (a, b) => checked(a * b));

    /// <summary>Reads <c>14×14×3</c>; <c>x</c> may stand for <c>×</c>.</summary>
    /// <exception cref="ConvolutionException">The text is not two to four numbers of at least 1.</exception>
    public static FeatureShape Parse(string text)
    {
        var numbers = Numbers(text);
        if (numbers.Length is < 2 or > 4) throw new ConvolutionException($"\"{text}\" is no shape: write one to three sides and then the channels, such as 14×14×3.");
        return new FeatureShape(numbers[..^1], numbers[^1]);
    }

    /// <summary>The first layer's answer to a filter: see <see cref="ConvolutionLayer"/>.</summary>
    /// <param name="filters">How many filters: the output's channels.</param>
    /// <param name="kernel">The filters' side, the same in every direction.</param>
    /// <param name="stride">How far the filter moves.</param>
    /// <param name="padding">Zeros added on either end.</param>
    /// <param name="dilation">The distance between a filter's neighbours, 1 for a dense filter.</param>
    /// <exception cref="ConvolutionException">No such convolution exists; the message says why.</exception>
    public ConvolutionStep Convolve(int filters, int kernel, int stride = 1, int padding = 0, int dilation = 1)
        => new ConvolutionLayer(Enumerable.Repeat((long)kernel, Dimensions), filters, stride, padding, dilation).On(this);

    /// <inheritdoc/>
    public bool Equals(FeatureShape? other) => other is not null && Channels == other.Channels && Sides.SequenceEqual(other.Sides);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FeatureShape);

    /// <inheritdoc/>
    public override int GetHashCode() => Sides.Aggregate(Channels.GetHashCode(), HashCode.Combine);

    /// <summary>The shape as the lecture writes it.</summary>
    public override string ToString() => Text(Sides.Append(Channels));

    internal static string Text(IEnumerable<long> numbers) => string.Join('×', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    internal static long[] Numbers(string text)
    {
        var parts = text.Split(['×', 'x', 'X'], StringSplitOptions.TrimEntries);
        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] is < 1 or > int.MaxValue)
                throw new ConvolutionException($"\"{text.Trim()}\" is no shape: \"{parts[i]}\" is not a whole number from 1 up. Write it like 14×14×3.");
        }

        return numbers;
    }
}
