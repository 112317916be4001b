using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>One report of a running style transfer.</summary>
/// <param name="Step">How many steps are done.</param>
/// <param name="Steps">How many there will be.</param>
/// <param name="Width">Width of the picture at this level, in pixels.</param>
/// <param name="Height">Height of the picture at this level, in pixels.</param>
/// <param name="Costs">The costs after this step.</param>
/// <param name="Left">The time that is left, judged by the pixels still to be computed.</param>
/// <param name="Preview">The picture so far, [3,H,W] on the CPU, or null between two previews; dispose it after use.</param>
public sealed record StyleStep(int Step, int Steps, int Width, int Height, StyleCosts Costs, TimeSpan Left, Tensor? Preview);

/// <summary>A finished picture, and how it came about.</summary>
/// <param name="Picture">The best G found, [3,H,W], RGB, values 0…1, on the CPU.</param>
/// <param name="Costs">Its costs.</param>
/// <param name="First">The costs of the picture that the last level started from.</param>
/// <param name="Curve">The costs after each step of all levels.</param>
/// <param name="Alpha">The α that was used at full size.</param>
/// <param name="Beta">The β that was used.</param>
/// <param name="Lambda">The λ of each layer that was used at full size.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Stopped">Why it ended early, in a sentence, or null.</param>
public sealed record Painting(
    Tensor Picture,
    StyleCosts Costs,
    StyleCosts First,
    IReadOnlyList<StyleStep> Curve,
    double Alpha,
    double Beta,
    IReadOnlyDictionary<string, double> Lambda,
    TimeSpan Elapsed,
    string? Stopped) : IDisposable
{
    /// <summary>Frees the picture.</summary>
    public void Dispose() => Picture.Dispose();
}
