using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>Painting against the plain tutorial loop at the size and length of the tutorials. Two cores take half an hour for it.</summary>
internal sealed class StyleFullArea : IArea
{
    public string Name => "style-512";

    public bool OnlyByName => true;

    public Task RunAsync(Ratios ratios)
    {
        using var scope = NewDisposeScope();
        StyleArea.ToTheSameCost(ratios, size: 512, tutorialSteps: 300, pairs: 1);
        return Task.CompletedTask;
    }
}
