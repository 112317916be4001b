using FaceCourse.Convolutions;

namespace FaceCourse.Notebook;

/// <content>Notebook 11 and the quiz's shapes: convolutions in one and three dimensions.</content>
public static partial class YourTurn
{
    // Notebook 11's layer: 32 filters of 3×3×3 over 32×32×32×16.
    private static ConvolutionStep Layer => new FeatureShape([32, 32, 32], 16).Convolve(filters: 32, kernel: 3);

    /// <summary>Notebook 11: what comes out of 32×32×32×16 and 32 filters of 3×3×3, stride 1, no padding.</summary>
    /// <param name="shape">The answer, sides first and channels last: <c>"4×4×4×2"</c>.</param>
    public static ExerciseCard OutputShape(string shape)
    {
        bool right;
        try
        {
            right = FeatureShape.Parse(shape).Equals(Layer.Measure());
        }
        catch (ConvolutionException e)
        {
            return Judge(false, e.Message, ShapeHint, ShapeSolution);
        }

        return Judge(right, $"You said {shape}. The convolution was run, and its shape is " + (right ? "just that." : "another."), ShapeHint, ShapeSolution);
    }

    private const string ShapeHint = "Each side: 32 + 2·0 − 3, and one more. The channels are the number of filters.";
    private const string ShapeSolution = "30×30×30×32: a filter of side 3 fits into 32 places at 30 positions, and 32 filters give 32 channels.";

    /// <summary>Notebook 11: the parameters of that layer.</summary>
    public static ExerciseCard Parameters(long parameters)
    {
        var truth = Layer.Parameters;
        return Judge(parameters == truth,
            $"You said {parameters:N0}." + (parameters == truth ? " That is every weight and every bias." : parameters > truth ? " That is too many." : " There are more: does your filter reach through all 16 channels, and did you count the biases?"),
            "One filter is 3×3×3×16 numbers and a bias. There are 32 of them.",
            "(3·3·3·16 + 1)·32 = 13,856.");
    }

    /// <summary>Notebook 11: how many milliseconds of the EKG a filter of the first layer sees at once.</summary>
    /// <param name="milliseconds">The answer.</param>
    /// <param name="net">The network whose filters are meant.</param>
    public static ExerciseCard FilterMilliseconds(double milliseconds, BeatNet net)
    {
        ArgumentNullException.ThrowIfNull(net);
        var truth = 1000.0 * net.Filters.shape[1] / BeatNet.SamplesPerSecond;
        return Judge(Same(milliseconds, truth, 1),
            $"You said {milliseconds:0.#} ms." + (Same(milliseconds, truth, 1) ? " About half of a QRS complex: deeper layers must put the halves together." : milliseconds < truth ? " It sees longer than that." : " It does not see that far."),
            "One sample lasts 1/360 of a second.",
            "15 / 360 s = 41.7 ms: about half a QRS complex. Layers with gaps between their weights (dilation) see the rest.");
    }

    /// <summary>Notebook 11: the padding that keeps 14×14×14 with filters of 5×5×5 and stride 1.</summary>
    public static ExerciseCard SamePadding(int padding) => Padded(padding, 14, 5, 1, 14,
        "Set 14 + 2p − 5 + 1 = 14 and solve for p.",
        "p = (5 − 1) / 2 = 2: as many zeros on either end as the filter reaches beyond its middle.");

    /// <summary>Notebook 12: the padding with which 66 becomes 33, with filters of side 6 and stride 2.</summary>
    public static ExerciseCard HalvingPadding(int padding) => Padded(padding, 66, 6, 2, 33,
        "⌊(66 + 2p − 6)/2⌋ + 1 = 33. Solve for p.",
        "p = 2: (66 + 4 − 6)/2 + 1 = 33.");

    /// <summary>Notebook 12: the filters, and their side, that make 10×10×10×16 of 14×14×14×1, stride 1, no padding.</summary>
    public static ExerciseCard FindTheFilters(int filters, int side)
    {
        const string Hint = "Each filter gives one channel. Along a side: 14 − f + 1 = 10.", Solution = "16 filters of 5×5×5: 14 − 5 + 1 = 10, and 16 channels.";
        try
        {
            var made = new FeatureShape([14, 14, 14], 1).Convolve(filters, side).Output.ToString();
            return Judge(made == "10×10×10×16", $"{filters} filter{(filters == 1 ? "" : "s")} of side {side} {(filters == 1 ? "makes" : "make")} {made}.", Hint, Solution);
        }
        catch (ConvolutionException e)
        {
            return Judge(false, e.Message, Hint, Solution);
        }
    }

    private static ExerciseCard Padded(int padding, int before, int kernel, int stride, int after, string hint, string solution, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        try
        {
            var side = new FeatureShape([before, before, before], 1).Convolve(filters: 1, kernel, stride, padding).Output.Sides[0];
            return Judge(side == after, $"With padding {padding} a side of {before} becomes {side}." + (side == after ? "" : side < after ? " That is smaller than wanted." : " That is larger than wanted."), hint, solution, name);
        }
        catch (ConvolutionException e)
        {
            return Judge(false, e.Message, hint, solution, name);
        }
    }
}
