namespace FaceCourse.Similarity;

/// <summary>How an encoder is trained with triplets. The defaults are FaceNet's: ‖x − y‖², α = 0.2, semi-hard triplets.</summary>
/// <remarks>
/// Batch-hard triplets with ‖x − y‖² draw all encodings together in the first steps, before they differ; with
/// <see cref="Distance.L2"/> and α = 0.3 they do not. See models/similarity.md for what each recipe reaches.
/// </remarks>
public sealed record TrainingOptions
{
    /// <summary>How many steps, one batch each.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>P, people per batch.</summary>
    public int PeoplePerBatch { get; init; } = 16;

    /// <summary>K, pictures per person in a batch.</summary>
    public int PicturesPerPerson { get; init; } = 4;

    /// <summary>The loss; the mean over the active triplets, so that a step is as long with few of them as with many.</summary>
    public TripletLoss Loss { get; init; } = new(0.2, Reduction.MeanOfActive);

    /// <summary>Which triplets; a semi-hard miner takes the α of the loss.</summary>
    public Miner Miner { get; init; } = Miner.SemiHard(0.2);

    /// <summary>The (first) step length of Adam.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Whether the step length falls to 0 by the last step, along half a cosine: large steps first, fine ones at the end.</summary>
    public bool Anneal { get; init; } = true;

    /// <summary>How much every weight shrinks per step, in step lengths (AdamW); it keeps a network from learning few pictures by heart.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether pictures are mirrored, turned, moved and scaled a little by chance.</summary>
    public bool Augment { get; init; } = true;

    /// <summary>How much <see cref="Augment"/> changes: 1 turns up to 10°, moves up to 6 % and scales up to 10 %.</summary>
    public double AugmentStrength { get; init; } = 1;

    /// <summary>Whether <see cref="Augment"/> also covers a random rectangle of each picture, so that no single feature is enough.</summary>
    public bool Cover { get; init; }

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

    /// <summary>For few photos of few people, such as ORL's 30 × 10: photos vary more, and weights shrink.</summary>
    public static TrainingOptions FewPictures { get; } = new() { Steps = 300, PeoplePerBatch = 20, LearningRate = 1e-3, AugmentStrength = 1.5, Cover = true, WeightDecay = 0.05 };

    /// <summary>What a resumed training must share with the interrupted one; without <see cref="Anneal"/>, <see cref="Steps"/> may grow.</summary>
    internal string Signature => FormattableString.Invariant(
        $"P={PeoplePerBatch} K={PicturesPerPerson} α={Loss.Margin} {Loss.Reduction} soft={Loss.Soft} d={Loss.Distance} miner={Miner} lr={LearningRate} augment={Augment} seed={Seed}")
        + (Anneal ? FormattableString.Invariant($" annealed over {Steps}") : "")
        + (WeightDecay == 0 ? "" : FormattableString.Invariant($" decay={WeightDecay}"))
        + (AugmentStrength == 1 ? "" : FormattableString.Invariant($" strength={AugmentStrength}"))
        + (Cover ? " cover" : "");
}
