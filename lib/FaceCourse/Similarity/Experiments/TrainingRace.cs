using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Several ways to train, one after the other on the same budget: equal first weights, people, batches and steps.</summary>
/// <example><code>
/// TrainingRace.Run(train, unseen, [("random", options with { Miner = Miner.Random() }), ("semi-hard", options)])
/// </code></example>
public static class TrainingRace
{
    /// <summary>Trains a fresh <see cref="SmallEncoder"/> in each way.</summary>
    /// <param name="train">The faces to learn from.</param>
    /// <param name="unseen">Other people, to measure with.</param>
    /// <param name="runs">Names and options. Runs of one seed begin with the same weights and see the same batches.</param>
    /// <param name="progress">Gets the lines of all runs, in turn.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>The results, in order.</returns>
    /// <exception cref="TrainingException">One of them cannot begin or go on.</exception>
    public static IReadOnlyList<(string Name, TrainingResult Result)> Run(
        FaceSet train, FaceSet unseen, IReadOnlyList<(string Name, TrainingOptions Options)> runs, IProgress<TrainingProgress>? progress = null, CancellationToken ct = default) =>
        [.. runs.Select(run => (run.Name, One(train, unseen, run.Options, progress, ct)))];

    private static TrainingResult One(FaceSet train, FaceSet unseen, TrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using var encoder = SmallEncoder.For(train, options.Seed);
        return EncoderTraining.Run(encoder, train, unseen, options, progress, ct);
    }
}
