using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FaceCourse.Convolutions;

/// <summary>Several convolutions one after the other, read from an expression like the lecture's.</summary>
/// <remarks>
/// An expression is an input and then steps, parted by <c>*</c> or <c>→</c> (also <c>-&gt;</c>, <c>=</c>). What carries
/// <c>filters</c>, <c>stride</c>, <c>padding</c> or <c>dilation</c>, or stands after <c>*</c>, is a filter: with the input's channels
/// (<c>5×5×3, 16 filters</c>) or without (<c>16 filters 5×5</c>). Any other shape says what the step before gives, and is
/// checked. Where no filter stands between two shapes (<c>14×14×3 → 10×10×16</c>), it is worked out: dense, stride 1, no padding.
/// </remarks>
/// <example><code>ConvolutionChain.Parse("14×14×14×1 * 5×5×5×1, 16 filters → 10×10×10×16 → 5×5×5×16, 32 filters → 6×6×6×32")</code></example>
public sealed partial class ConvolutionChain
{
    private ConvolutionChain(IReadOnlyList<ConvolutionStep> steps) => Steps = steps;

    /// <summary>The convolutions, at least one.</summary>
    public IReadOnlyList<ConvolutionStep> Steps { get; }

    /// <summary>What goes into the first.</summary>
    public FeatureShape Input => Steps[0].Input;

    /// <summary>What comes out of the last.</summary>
    public FeatureShape Output => Steps[^1].Output;

    /// <summary>The sum of the steps' parameters, biases included.</summary>
    public long Parameters => Steps.Sum(s => s.Parameters);

    /// <summary>The sum of the steps' multiplications.</summary>
    public long Multiplications => Steps.Sum(s => s.Multiplications);

    /// <summary>Reads an expression and works out every step.</summary>
    /// <exception cref="ConvolutionException">It cannot be read, or a step is impossible or claims a wrong shape; the message says which and why.</exception>
    public static ConvolutionChain Parse(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var steps = new List<ConvolutionStep>();
        FeatureShape? current = null;
        var open = false; // a step whose result has not been claimed yet
        foreach (var (sign, text) in Terms(expression))
        {
            if (current is null)
            {
                current = FeatureShape.Parse(text);
                continue;
            }

            if (sign == "*" || LayerWord().IsMatch(text)) steps.Add(Numbered(steps.Count + 1, () => Filter(text, current).On(current)));
            else if (open) Numbered(steps.Count, () => Claim(steps[^1], text));
            else steps.Add(Numbered(steps.Count + 1, () => Between(current, FeatureShape.Parse(text))));

            open = sign == "*" || LayerWord().IsMatch(text);
            current = steps[^1].Output;
        }

        return steps.Count > 0 ? new ConvolutionChain(steps)
            : throw new ConvolutionException($"\"{expression.Trim()}\" holds no convolution: write an input, a filter and arrows, such as 14×14×3 * 5×5×3, 16 filters → 10×10×16.");
    }

    /// <summary>Reads an expression, or says in words why it cannot be.</summary>
    /// <param name="expression">What <see cref="Parse"/> reads.</param>
    /// <param name="chain">The steps, or null.</param>
    /// <param name="reason">Why not, or empty.</param>
    public static bool TryParse(string expression, [NotNullWhen(true)] out ConvolutionChain? chain, out string reason)
    {
        try
        {
            (chain, reason) = (Parse(expression), "");
            return true;
        }
        catch (ConvolutionException e)
        {
            (chain, reason) = (null, e.Message);
            return false;
        }
    }

    /// <summary>The whole chain as the lecture writes it, every filter and every result spelled out.</summary>
    public override string ToString()
        => Input + string.Concat(Steps.Select((s, i) => string.Concat(i == 0 ? " * " : " → ", s.ToString().AsSpan(s.Input.ToString().Length + 3))));

    // A claimed result is right, or the step is refused with the arithmetic.
    private static ConvolutionStep Claim(ConvolutionStep step, string text)
    {
        var claimed = FeatureShape.Parse(text);
        if (claimed.Equals(step.Output)) return step;
        if (!claimed.Sides.SequenceEqual(step.Output.Sides))
            throw new ConvolutionException($"the result is {step.Output}, not {claimed}: {step.Explanation.Replace("\n", "; ", StringComparison.Ordinal)}.");
        throw new ConvolutionException($"the result is {step.Output}, not {claimed}: each filter gives one channel, and there are {step.Layer.Filters} filters.");
    }

    private static ConvolutionStep Between(FeatureShape input, FeatureShape output)
    {
        if (input.Dimensions != output.Dimensions) throw new ConvolutionException($"{input} has {input.Dimensions} sides and {output} has {output.Dimensions}: a convolution keeps their number.");
        var kernel = input.Sides.Zip(output.Sides, (a, b) => a - b + 1).ToArray();
        if (kernel.Any(k => k < 1)) throw new ConvolutionException($"without padding no filter turns {input} into the larger {output}; write the filter, its stride and padding.");
        return new ConvolutionLayer(kernel, output.Channels).On(input);
    }

    private static ConvolutionLayer Filter(string text, FeatureShape input)
    {
        var shape = ShapeText().Match(text);
        if (!shape.Success) throw new ConvolutionException($"\"{text}\" names no filter: write its sides, such as 5×5×3, 16 filters.");
        var numbers = FeatureShape.Numbers(shape.Value);
        if (numbers.Length == input.Dimensions + 1 && numbers[^1] != input.Channels)
            throw new ConvolutionException($"a filter has as many channels as its input: {shape.Value.Trim()} has {numbers[^1]}, the input {input} has {input.Channels}.");
        var kernel = numbers.Length == input.Dimensions + 1 ? numbers[..^1] : numbers;

        var rest = text.Remove(shape.Index, shape.Length);
        long stride = 1, padding = 0, dilation = 1;
        long? filters = null;
        var same = false;
        rest = LayerWord().Replace(rest, word =>
        {
            var number = word.Groups["number"].Value;
            switch (word.Groups["what"].Value[0])
            {
                case 'f' or 'F': filters = Whole(number); break;
                case 's' or 'S': stride = Whole(number); break;
                case 'd' or 'D': dilation = Whole(number); break;
                default:
                    same = number is "same";
                    padding = number is "same" or "zero" or "no" or "valid" ? 0 : Whole(number);
                    break;
            }

            return "";
        });
        if (rest.Trim(' ', ',', ';', '(', ')').Replace(",", "", StringComparison.Ordinal).Trim() is { Length: > 0 } left && left is not ("of" or "with"))
            throw new ConvolutionException($"\"{left}\" is not understood; a filter may carry filters, stride, padding and dilation, such as 4×4×4×3, 16 filters, stride 2, padding 1.");

        if (same)
        {
            var pads = kernel.Select(k => dilation * (k - 1)).Distinct().ToArray();
            if (stride != 1 || pads.Length > 1 || pads[0] % 2 != 0) throw new ConvolutionException($"\"same\" padding is meant for stride 1 and filters of one odd side; here write the padding as a number.");
            padding = pads[0] / 2;
        }

        return new ConvolutionLayer(kernel, filters ?? 1, stride, padding, dilation);
    }

    private static long Whole(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ConvolutionException($"\"{text}\" is no whole number that fits here.");

    private static ConvolutionStep Numbered(int number, Func<ConvolutionStep> step)
    {
        try
        {
            return step();
        }
        catch (ConvolutionException e)
        {
            throw new ConvolutionException($"Step {number}: {e.Message}", e);
        }
    }

    private static IEnumerable<(string Sign, string Text)> Terms(string expression)
    {
        var sign = "";
        foreach (var part in Sign().Split(expression.Replace('−', '-').Replace('∗', '*')))
        {
            if (Sign().IsMatch(part)) sign = part == "*" ? "*" : "→";
            else if (part.Trim().Length > 0) yield return (sign, part.Trim());
            else throw new ConvolutionException($"\"{expression.Trim()}\" has nothing between two signs, or at an end; write it like 14×14×3 * 5×5×3, 16 filters → 10×10×16.");
        }
    }

    [GeneratedRegex(@"(->|→|=>|=|\*)")]
    private static partial Regex Sign();

    [GeneratedRegex(@"-?\d+(\s*[×xX]\s*-?\d+)+|(?<![\d\w-])\d+(?=\s*$|\s*,)(?<!(stride|padding|dilation)\s*=?\s*\d+)")]
    private static partial Regex ShapeText();

    [GeneratedRegex(@"(?<number>-?\d+)\s*(?<what>filters?)\b|(?<what>stride|dilation)\s*(?<number>-?\d+)|(?<what>padding)\s*(?<number>-?\d+|same|valid)|(?<number>zero|no|same|valid)[\s-]*(?<what>padding)", RegexOptions.IgnoreCase)]
    private static partial Regex LayerWord();
}
