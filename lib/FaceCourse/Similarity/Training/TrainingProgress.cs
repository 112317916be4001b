namespace FaceCourse.Similarity;

/// <summary>Where a training stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The mean loss of the steps since the last report.</param>
/// <param name="ActiveShare">The share of the miner's triplets with a loss above 0 in those steps, 0…1: at 0 there is nothing left to learn from.</param>
/// <param name="Counts">All valid triplets of the last batch, by kind.</param>
/// <param name="Spread">The mean distance between the encodings of the last batch; at 0 they have collapsed into one point.</param>
/// <param name="UnseenAccuracy">One-shot accuracy on people never trained on, 0…1; NaN when none were given.</param>
/// <param name="Elapsed">Time spent in this run.</param>
/// <param name="Left">Time left, if it goes on as before.</param>
public sealed record TrainingProgress(
    int Step, int Steps, double Loss, double ActiveShare, TripletCounts Counts, double Spread, double UnseenAccuracy, TimeSpan Elapsed, TimeSpan Left)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"step {Step}/{Steps}: loss {Loss:0.0000}, {ActiveShare:0%} of the triplets active, {(double.IsNaN(UnseenAccuracy) ? "" : $"{UnseenAccuracy:0.0%} right on people never seen, ")}{Left:m\\:ss} left";
}

/// <summary>What a training has been.</summary>
/// <param name="History">One line per evaluation, the first before any step.</param>
/// <param name="Ended">Why it ended: "all steps done" or "no better for …".</param>
/// <param name="Snapshots">With <see cref="TrainingOptions.KeepEncodings"/>, the encodings [N][D] of the people never seen, one per line of this run.</param>
public sealed record TrainingResult(IReadOnlyList<TrainingProgress> History, string Ended, IReadOnlyList<EncodingSnapshot> Snapshots)
{
    /// <summary>The last line.</summary>
    public TrainingProgress Last => History[^1];
}

/// <summary>Where everyone was in the embedding space at one moment.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Encodings">[N][D], float32.</param>
public sealed record EncodingSnapshot(int Step, float[][] Encodings);
