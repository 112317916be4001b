using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>What the generated picture G is before the first step.</summary>
public enum StartFrom
{
    /// <summary>The content picture: quick, and keeps its layout.</summary>
    Content,

    /// <summary>Random pixels, as in the lecture.</summary>
    Noise,
}

/// <summary>How the pixels of G are moved against their gradient.</summary>
public enum PixelOptimizer
{
    /// <summary>Limited-memory BFGS: learns the cost's curvature from its last steps. The best pictures for the time.</summary>
    Lbfgs,

    /// <summary>Adam: a step of its own length for every pixel.</summary>
    Adam,

    /// <summary>The lecture's own rule, G := G − lr·∂J/∂G.</summary>
    GradientDescent,
}

/// <summary>How a picture is painted. All of it has defaults that look good with every network of the course.</summary>
/// <remarks>
/// α, β and λ are those of the formulas: J(G) = α·J_content + β·Σ λ[l]·J_style[l]. Left out, α and λ are chosen from the
/// pictures, since the sizes of the costs differ by many powers of ten between networks, layers and sizes: each style
/// layer then counts the same (Σ λ[l]·J_style[l](C) = 1), and losing all content (a grey G) costs
/// <see cref="ContentShare"/>. <see cref="StyleProblem"/> and <see cref="Painting"/> tell the values that were used.
/// </remarks>
public sealed record StyleSettings
{
    /// <summary>Longest side of the picture, in pixels.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Steps in all, over all sizes.</summary>
    public int Steps { get; init; } = 120;

    /// <summary>How many sizes, each half the next, the picture grows through. 1 paints at full size from the start.</summary>
    public int Levels { get; init; } = 2;

    /// <summary>α before the content cost; null chooses it from the pictures.</summary>
    public double? Alpha { get; init; }

    /// <summary>β before the style cost.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>What losing all content costs when α is chosen from the pictures. More keeps the photo clearer.</summary>
    public double ContentShare { get; init; } = 0.01;

    /// <summary>The content layer; null is the network's own (<see cref="StyleLayers.Content"/>).</summary>
    public string? ContentLayer { get; init; }

    /// <summary>λ by layer; null takes the network's own layers (<see cref="StyleLayers.Style"/>), each counting the same. 0 leaves a layer out.</summary>
    public IReadOnlyDictionary<string, double>? Lambda { get; init; }

    /// <summary>The constant before the content cost.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.Lecture;

    /// <summary>Weight of <see cref="Cost.TotalVariation"/>, which is none of the lecture's costs; 0 leaves it out.</summary>
    public double TotalVariation { get; init; }

    /// <summary>What G is at first.</summary>
    public StartFrom Start { get; init; } = StartFrom.Content;

    /// <summary>A picture to start from instead, [3,H,W], values 0…1; it is resized.</summary>
    public Tensor? StartPicture { get; init; }

    /// <summary>How pixels are moved.</summary>
    public PixelOptimizer Optimizer { get; init; } = PixelOptimizer.Lbfgs;

    /// <summary>Step length of Adam (0.02 if null) and of gradient descent, where a value must be given. L-BFGS needs none.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Size of the style picture's longest side relative to <see cref="Size"/>: larger means larger strokes.</summary>
    public double StyleScale { get; init; } = 1;

    /// <summary>True paints brightness only: the photo's own colours stay (Gatys et al. 2016, luminance transfer).</summary>
    public bool KeepColours { get; init; }

    /// <summary>Where to paint, [H,W] or [1,H,W], 1 = paint and 0 = leave the photo; it is resized. Null paints everywhere.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Every how many steps progress is reported with a preview.</summary>
    public int ReportEvery { get; init; } = 10;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; } = 1;

    internal void Check()
    {
        if (Alpha is < 0 or double.NaN || Beta is < 0 or double.NaN || ContentShare is < 0 or double.NaN) throw new ArgumentException($"α and β weigh costs and cannot be negative; they are {Alpha ?? ContentShare} and {Beta}.");
        if (Lambda?.FirstOrDefault(l => !(l.Value >= 0)) is { Key: not null } wrong) throw new ArgumentException($"λ weighs the style cost of a layer and cannot be negative; that of {wrong.Key} is {wrong.Value}.");
        if (Beta == 0 && (Alpha ?? ContentShare) == 0) throw new ArgumentException("α and β are both 0: every picture costs nothing, so there is nothing to paint. Give one of them a value above 0.");
        if (Lambda?.Values.Sum() == 0 && (Alpha ?? ContentShare) == 0) throw new ArgumentException("α and all λ are 0: every picture costs nothing, so there is nothing to paint. Give one of them a value above 0.");
        if (!(TotalVariation >= 0)) throw new ArgumentException($"The weight of the total variation cannot be negative; it is {TotalVariation}.");
        if (Size is < 1 or > 4096) throw new ArgumentException($"The size must lie between 1 and 4096 pixels, not {Size}.");
        if (!(StyleScale is > 0 and <= 16)) throw new ArgumentException($"StyleScale is the style picture's size relative to the painting's, above 0 and at most 16, not {StyleScale}.");
        if (Steps < 1 || Levels < 1 || ReportEvery < 1) throw new ArgumentException("Steps, Levels and ReportEvery must be at least 1.");
        if (LearningRate is { } rate && !(rate > 0)) throw new ArgumentException($"The LearningRate is the length of a step and must be above 0, not {rate}.");
        if (Optimizer == PixelOptimizer.GradientDescent && LearningRate is null) throw new ArgumentException("Gradient descent needs a LearningRate: no one value fits all networks and costs. Start with 1 divided by the largest gradient.");
    }
}
