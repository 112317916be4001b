using FaceCourse.ConvNets;
using FaceCourse.Style;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <content>Notebooks 6 to 10: inside a network, and painting with it.</content>
public static partial class YourTurn
{
    /// <summary>Notebook 6: the numbers that the optimiser moves when G is 200 pixels wide and 150 high.</summary>
    /// <param name="numbers">The answer.</param>
    /// <param name="net">The network that looks.</param>
    /// <param name="content">C, [3,H,W], values 0…1.</param>
    /// <param name="style">S, [3,H,W], values 0…1.</param>
    public static ExerciseCard PaintedNumbers(long numbers, ConvNet net, Tensor content, Tensor style)
    {
        using var scope = NewDisposeScope();
        var photo = StyleTransfer.Fit(content, zeros(3, 150, 200));
        var truth = StyleTransfer.Paint(net, photo, style, new() { Size = 200, Steps = 1 }).Picture.numel();
        return Judge(numbers == truth,
            $"You said {numbers:N0}. " + (numbers == truth ? "Red, green and blue of each pixel: all of them are variables of J." : "Is each pixel one number?"),
            "G has the shape [3, H, W]. What are the three?",
            "3 · 150 · 200 = 90,000: red, green and blue of every pixel.");
    }

    /// <summary>Notebook 6: the labels that a painting uses.</summary>
    public static ExerciseCard Labels(int labels) => Judge(labels == 0,
        labels == 0 ? "None: J(G) compares G with C and S themselves." : $"You said {labels}. A label is a right answer that somebody wrote down for an input; C and S are inputs.",
        "C and S are inputs. Has anybody said for one of them what the right G is?",
        "0. J(G) compares G with C and S themselves; no person says what G should be. Style transfer is not supervised learning.");

    /// <summary>Notebook 6: the smallest number of steps after which J(G) is a tenth of its first value.</summary>
    /// <param name="steps">The answer.</param>
    /// <param name="left">What is left of J(G) after each step, as a share of the first.</param>
    public static ExerciseCard StepsToATenth(int steps, IReadOnlyList<double> left)
    {
        ArgumentNullException.ThrowIfNull(left);
        var enough = left.Index().FirstOrDefault(j => j.Item <= 0.1, (left.Count, 0)).Index + 1;
        return Judge(steps == enough,
            steps < 1 || steps > left.Count ? $"Between 1 and {left.Count} steps, please."
                : $"After {steps} steps {left[steps - 1]:P1} of the first cost is left." + (steps < enough ? " More steps." : steps > enough ? " Are fewer enough?" : ""),
            "The line above says what is left after some steps. Between which two does it pass 10 %? Halve that range again and again.",
            "left.FindIndex(j => j <= 0.1) + 1");
    }

    /// <summary>Notebook 7: the receptive field of a unit behind two 3×3 convolutions of stride 1.</summary>
    public static ExerciseCard ReceptiveField(int pixels)
    {
        var truth = Window.Pixel.Then(new(3, 1, 0)).Then(new(3, 1, 0)).Size;
        return Judge(pixels == truth,
            $"You said {pixels}. " + (pixels == truth ? "1 + 2 + 2." : pixels == 6 ? "The two windows overlap." : "Start with one pixel, and let it grow twice."),
            "Use the formula twice: r = 1 + (3 − 1) · 1, and again.",
            "1 + 2 + 2 = 5. That is why two 3×3 layers can do the work of one 5×5 layer, with fewer weights.");
    }

    /// <summary>Notebook 7: the first layer whose units can see a face of 60 pixels whole.</summary>
    /// <param name="layer">The answer.</param>
    /// <param name="net">The network.</param>
    /// <param name="layers">The layers to choose from, shallow to deep.</param>
    public static ExerciseCard WholeFace(string layer, ConvNet net, IReadOnlyList<string> layers) => ByField(layer, net, layers, 60,
        "The cell with the formula printed how many pixels each layer sees.", "layers.First(l => net.FieldOf(l).Size >= 60)", " It never sees more than a piece of the face.");

    /// <summary>Notebook 10: the shallowest layer whose units can see a stroke of 50 pixels.</summary>
    /// <inheritdoc cref="WholeFace" path="/param"/>
    public static ExerciseCard StrokeLength(string layer, ConvNet net, IReadOnlyList<string> layers) => ByField(layer, net, layers, 50,
        "The slider above says how many pixels a unit of each layer sees.", "layers.First(l => net.FieldOf(l).Size >= 50)", " It can never know about a stroke of 50.");

    /// <summary>Notebook 7: the direction of stripes that a unit answers to most.</summary>
    /// <param name="degrees">The answer.</param>
    /// <param name="answers">What the unit answers, by angle.</param>
    public static ExerciseCard StripeAngle(double degrees, IReadOnlyDictionary<double, float> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var most = answers.Values.Max();
        var known = answers.TryGetValue(degrees, out var answer);
        return Judge(known && answer >= 0.97f * most,
            known ? $"At {degrees}° the unit answers {answer / most:P0} of what it can." : $"Give one of {string.Join(", ", answers.Keys.Order())}.",
            "Look at its nine patches: which way does the edge run? 0° makes upright stripes, 90° lying ones.",
            $"{answers.MaxBy(a => a.Value).Key}°: answers.MaxBy(a => a.Value)");
    }

    /// <summary>Notebook 8: J for J_content = 0.2, J_style = 0.8, α = 10, β = 40.</summary>
    public static ExerciseCard TotalCost(double cost)
    {
        var truth = Cost.Total(0.2, 0.8, 10, 40);
        return Judge(Same(cost, truth),
            $"You said {cost:0.##}. " + (Same(cost, truth) ? "10 · 0.2 + 40 · 0.8." : "Did you weigh both?"),
            "Weigh each cost before you add: α times the first, β times the second.",
            "10 · 0.2 + 40 · 0.8 = 2 + 32 = 34.");
    }

    /// <summary>Notebook 8: a learning rate that halves J(G) in twelve steps.</summary>
    /// <param name="rate">The answer.</param>
    /// <param name="costs">J(G) before the first step and after each one.</param>
    public static ExerciseCard LearningRate(double rate, IReadOnlyList<double> costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        var (first, last) = (costs[0], costs[12]);
        return Judge(last < first / 2,
            $"With lr = {rate}, {last / first:P0} of the first J is left after 12 steps." + (last < first / 2 ? "" : last < first ? " It goes down, but too slowly or not steadily." : " It went uphill: the steps are too long."),
            "In the chart of three learning rates one was too slow and one too long. Try 1, 2, 4, 8, 16, … and see what is left each time.",
            "Enumerable.Range(0, 9).Select(i => Math.Pow(2, i)).MinBy(r => Run(r, 13)[12]) is the best power of two.");
    }

    /// <summary>Notebook 8: the smallest J when β = 0.</summary>
    /// <param name="minimum">The answer.</param>
    /// <param name="net">The network that looks.</param>
    /// <param name="content">C, [3,H,W], values 0…1.</param>
    /// <param name="style">S, [3,H,W], values 0…1.</param>
    public static ExerciseCard MinimumWithoutStyle(double minimum, ConvNet net, Tensor content, Tensor style)
    {
        using var scope = NewDisposeScope();
        var truth = new StyleProblem(net, content, style, new() { Beta = 0 }).Costs(content).Total;
        return Judge(Same(minimum, truth),
            $"You said {minimum:0.##}. " + (Same(minimum, truth) ? "At G = C nothing is left to pay." : "Is there no picture that costs less?"),
            "Without the style cost, J = α·J_content(C, G). Which picture has exactly the content of C?",
            "0, at G = C: a picture has no content cost against itself. Without β there is nothing to paint.");
    }

    /// <summary>Notebook 9: the lecture's content cost of a(C) = (1, 2, 0) and a(G) = (1, 0, 3).</summary>
    public static ExerciseCard ContentCost(double cost)
    {
        using var scope = NewDisposeScope();
        var truth = Cost.Content(tensor([1f, 2f, 0f]), tensor([1f, 0f, 3f])).item<float>();
        return Judge(Same(cost, truth, 1e-6),
            $"You said {cost:0.##}. " + (Same(cost, truth, 1e-6) ? "½ · (0 + 4 + 9)." : "Look at the formula once more, from left to right."),
            "The differences are 0, 2 and −3. Square, add, and do not forget the constant in front.",
            "½ · (0² + 2² + 3²) = ½ · 13 = 6.5.");
    }

    /// <summary>Notebook 9: the α of the lecture's content cost that weighs as much as α = 10 with the assignment's.</summary>
    /// <param name="alpha">The answer.</param>
    /// <param name="ratio">The lecture's content cost over the assignment's.</param>
    public static ExerciseCard SameWeight(double alpha, double ratio)
    {
        var truth = 10 / ratio;
        return Judge(Same(alpha / truth, 1, 0.02), $"With α = {alpha:0.########} the content weighs {alpha / truth:0.###} times as much as before.",
            "The lecture's cost is 2·nH·nW·nC times as large. The cell above printed that number.",
            "10 / ratio, with ratio = 2·nH·nW·nC.");
    }

    /// <summary>Notebook 9: the deepest layer that minds a shift of two pixels more than half as much as losing everything.</summary>
    /// <param name="layer">The answer.</param>
    /// <param name="shares">The layers, shallow to deep, and the content cost of the shifted picture in each; 1 is a grey picture's.</param>
    public static ExerciseCard MindsAShift(string layer, IReadOnlyList<(string Layer, double Share)> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        var truth = shares.LastOrDefault(s => s.Share > 0.5, shares[0]).Layer;
        var known = shares.Any(s => s.Layer == layer);
        var share = shares.FirstOrDefault(s => s.Layer == layer).Share;
        return Judge(layer == truth,
            !known ? Unknown(layer, shares.Select(s => s.Layer)) : $"{layer} minds it {share:0.00}." + (layer == truth ? "" : share > 0.5 ? " A deeper one does too." : " That is less than half."),
            "In the chart of shifts, look at 2 on the axis below. Which lines are above 0.5 there?",
            "layers.Last(l => Share(l, C.roll(2, 2L)) > 0.5)");
    }

    /// <summary>Notebook 10: the numbers in the style matrix of conv3_1 after the picture was made twice as wide and high.</summary>
    /// <param name="numbers">The answer.</param>
    /// <param name="net">The network.</param>
    public static ExerciseCard MatrixSize(long numbers, ConvNet net)
    {
        ArgumentNullException.ThrowIfNull(net);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var truth = Cost.StyleMatrix(net.Activation(zeros(3, 256, 256), "conv3_1")).numel();
        return Judge(numbers == truth,
            $"You said {numbers:N0}. " + (numbers == truth ? "nC × nC, whatever the size of the picture." : "The places are summed over; do they still count?"),
            "The sum runs over all places (i, j). Which of nH, nW and nC are left in the shape of G?",
            $"nC × nC = {truth:N0}, whatever the size of the picture: that is why S and G need not be of one size.");
    }

    /// <summary>Notebook 10: G₀₁ of two channels (1, 0, 2) and (3, 1, 1).</summary>
    public static ExerciseCard StyleMatrixEntry(double entry)
    {
        using var scope = NewDisposeScope();
        var truth = Cost.StyleMatrix(tensor([1f, 0, 2, 3, 1, 1]).view(2, 1, 3))[0, 1].item<float>();
        return Judge(Same(entry, truth, 1e-6),
            $"You said {entry:0.##}. " + (Same(entry, truth, 1e-6) ? "1·3 + 0·1 + 2·1." : "Multiply the two channels place by place, then add."),
            "Multiply place by place: 1·3, 0·1, 2·1.",
            "1·3 + 0·1 + 2·1 = 5.");
    }

    private static ExerciseCard ByField(string layer, ConvNet net, IReadOnlyList<string> layers, int pixels, string hint, string solution, string tooSmall, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(layers);
        var truth = layers.First(l => net.FieldOf(l).Size >= pixels);
        return Judge(layer == truth,
            !layers.Contains(layer) ? Unknown(layer, layers)
                : $"A unit of {layer} sees {net.FieldOf(layer).Size} pixels." + (layer == truth ? "" : net.FieldOf(layer).Size < pixels ? tooSmall : " Far enough; is there a shallower one?"),
            hint, solution, name);
    }
}
