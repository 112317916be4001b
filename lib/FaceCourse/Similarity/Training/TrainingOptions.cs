namespace FaceCourse.Similarity;

/// <summary>How an encoder is trained with triplets.</summary>
public sealed record TrainingOptions
{
    /// <summary>How many steps, one batch each.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>P, people per batch.</summary>
    public int PeoplePerBatch { get; init; } = 12;

    /// <summary>K, pictures per person in a batch.</summary>
    public int PicturesPerPerson { get; init; } = 4;

    /// <summary>The loss; the mean over the active triplets, so that a step is as long with few of them as with many.</summary>
    public TripletLoss Loss { get; init; } = new(0.2, Reduction.MeanOfActive);

    /// <summary>Which triplets.</summary>
    public Miner Miner { get; init; } = Miner.BatchHard;

    /// <summary>The step length of Adam.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether pictures are mirrored, turned, moved and scaled a little by chance.</summary>
    public bool Augment { get; init; } = true;

    /// <summary>Everything drawn by chance follows from it.</summary>
    public int Seed { get; init; }

    /// <summary>Every how many steps people never seen are recognised and a line is reported.</summary>
    public int EvaluateEvery { get; init; } = 25;

    /// <summary>Stops after this many evaluations without a better one; 0 never stops early.</summary>
    public int Patience { get; init; }

    /// <summary>Whether the encodings of the people never seen are kept at each evaluation, to be animated.</summary>
    public bool KeepEncodings { get; init; }

    /// <summary>A file to save to and to resume from, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Every how many steps the checkpoint is written.</summary>
    public int CheckpointEvery { get; init; } = 50;

    /// <summary>What a resumed training must share with the interrupted one; <see cref="Steps"/> may grow.</summary>
    internal string Signature => FormattableString.Invariant(
        $"P={PeoplePerBatch} K={PicturesPerPerson} α={Loss.Margin} {Loss.Reduction} soft={Loss.Soft} d={Loss.Distance} miner={Miner} lr={LearningRate} augment={Augment} seed={Seed}");
}
