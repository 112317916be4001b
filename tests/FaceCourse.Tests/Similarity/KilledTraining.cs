using System.Diagnostics;
using System.Runtime.CompilerServices;
using FaceCourse.Similarity;
using FaceCourse.Tensors;

namespace FaceCourse.Tests.Similarity;

/// <summary>A training in a process of its own, to be killed: this test program, started with a variable that makes it train and nothing else.</summary>
internal static class KilledTraining
{
    private const string Variable = "FACECOURSE_TEST_TRAINS_TO";

    public static readonly TrainingOptions Options = new()
    {
        Steps = 120, PeoplePerBatch = 4, PicturesPerPerson = 3, EvaluateEvery = 40, CheckpointEvery = 1, Seed = 3,
    };

    public static SmallEncoder Encoder() => new(channels: 3, size: 16, dimensions: 16, seed: 1);

    public static FaceSet Faces() => SyntheticFaces.Draw(6, 4, size: 16);

    /// <summary>Starts the training; it writes a checkpoint after every step.</summary>
    public static Process Start(string checkpoint) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(KilledTraining).Assembly.Location]) { Environment = { [Variable] = checkpoint }, RedirectStandardOutput = true, RedirectStandardError = true })!;

    [ModuleInitializer]
    internal static void TrainIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } checkpoint) return;

        TorchRuntime.Prepare();
        using var faces = Faces();
        using var encoder = Encoder();
        EncoderTraining.Run(encoder, faces, faces, Options with { Checkpoint = checkpoint });
        Environment.Exit(0);
    }
}
