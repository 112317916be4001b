using FaceCourse.Assets;
using FaceCourse.Similarity;
using FaceCourse.Tests.Assets;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public sealed class TrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly TrainingOptions Short = new() { Steps = 12, PeoplePerBatch = 4, PicturesPerPerson = 3, EvaluateEvery = 4, CheckpointEvery = 5, Seed = 3, Anneal = false, Miner = Miner.BatchHard };

    private static FaceSet Small() => SyntheticFaces.Draw(6, 4, size: 16);

    private static SmallEncoder Encoder(int dimensions = 16) => new(channels: 3, size: 16, dimensions: dimensions, seed: 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static TrainingResult Train(SmallEncoder encoder, FaceSet train, FaceSet? unseen, TrainingOptions options) =>
        EncoderTraining.Run(encoder, train, unseen, options, null, Ct);

    private static float[] Numbers(SmallEncoder encoder) => [.. encoder.state_dict().Values.SelectMany(t => t.to(float32).cpu().data<float>().ToArray())];

    [Fact]
    public void A_training_cancelled_and_taken_up_again_ends_with_the_same_weights_as_one_left_in_peace()
    {
        using var scope = NewDisposeScope();
        using var faces = Small();
        using SmallEncoder whole = Encoder(), first = Encoder(), second = Encoder();
        Train(whole, faces, faces, Short);

        var options = Short with { Checkpoint = Path.Combine(_folder.Path, "a.safetensors") };
        using var stop = new CancellationTokenSource();
        var stopAt = new CancelAt(stop, 8);
        Assert.Throws<OperationCanceledException>(() => EncoderTraining.Run(first, faces, faces, options, stopAt, stop.Token));
        var result = Train(second, faces, faces, options);

        Assert.Equal([0, 4, 8, 12], result.History.Select(h => h.Step));
        Assert.Equal(Numbers(whole), Numbers(second));
    }

    [Fact]
    public void A_training_killed_between_checkpoints_goes_on_from_the_last_whole_one()
    {
        using var scope = NewDisposeScope();
        using var faces = Small();
        using SmallEncoder whole = Encoder(), again = Encoder();
        var file = Path.Combine(_folder.Path, "k.safetensors");
        // What a kill at step 7 leaves behind: the checkpoint of step 5 and half of a next one beside it.
        Train(Encoder(), faces, faces, Short with { Checkpoint = file, Steps = 5 });
        File.WriteAllBytes(file + ".123.part", File.ReadAllBytes(file)[..100]);

        Train(again, faces, faces, Short with { Checkpoint = file });
        Train(whole, faces, faces, Short);

        Assert.Equal(Numbers(whole), Numbers(again));
    }

    [Fact]
    public void A_checkpoint_of_another_network_or_another_training_or_a_damaged_one_is_refused()
    {
        using var faces = Small();
        var options = Short with { Checkpoint = Path.Combine(_folder.Path, "b.safetensors"), Steps = 2 };
        Train(Encoder(), faces, null, options);

        string Refusal(SmallEncoder encoder, TrainingOptions with) => Assert.Throws<TrainingException>(() => Train(encoder, faces, null, with)).Message;
        using var other = Encoder(dimensions: 8);
        var before = Numbers(other);
        Assert.Contains("another network", Refusal(other, options), StringComparison.Ordinal);
        Assert.Equal(before, Numbers(other));
        Assert.Contains("another training", Refusal(Encoder(), options with { Seed = 4 }), StringComparison.Ordinal);

        File.WriteAllBytes(options.Checkpoint, File.ReadAllBytes(options.Checkpoint)[..500]);
        Assert.Contains("cannot be read", Refusal(Encoder(), options), StringComparison.Ordinal);
    }

    [Fact]
    public void One_picture_each_teaches_nothing_and_a_broken_picture_stops_with_a_reason()
    {
        using var faces = Small();
        using var single = faces.WithPicturesEach(1);
        Assert.Contains("only one picture", Assert.Throws<TrainingException>(() => Train(Encoder(), single, null, Short)).Message, StringComparison.Ordinal);

        using (no_grad()) faces.Pictures.fill_(float.NaN);
        Assert.Contains("step 1", Assert.Throws<TrainingException>(() => Train(Encoder(), faces, null, Short)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hundreds_of_steps_leave_no_tensor_behind()
    {
        using var faces = Small();
        using var encoder = Encoder();
        var options = Short with { EvaluateEvery = 100, Augment = true, PeoplePerBatch = 2, PicturesPerPerson = 2 };
        Train(encoder, faces, faces, options with { Steps = 50 });
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Train(encoder, faces, faces, options with { Steps = 400 });
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.InRange(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount - before, -1000, 50);
    }

    [Fact]
    public void People_and_photos_are_the_same_for_the_same_seeds_and_nobody_is_in_both_halves()
    {
        using var scope = NewDisposeScope();
        using FaceSet a = Small(), b = Small();
        Assert.True(a.Pictures.equal(b.Pictures).all().item<bool>());
        Assert.InRange(a.Pictures.max().item<float>(), 0.5f, 1f);
        Assert.False(a.Pictures[0].allclose(a.Pictures[1], atol: 0.1));

        var (train, unseen) = a.Split(2, seed: 1);
        using (train)
        using (unseen)
        {
            Assert.Equal(2, unseen.PeopleCount);
            Assert.Empty(train.People.Intersect(unseen.People));
            Assert.Equal(a.Count, train.Count + unseen.Count);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => a.Split(6));
    }

    [Fact]
    public void The_real_sets_have_their_people_and_pictures()
    {
        Assert.SkipUnless(OrlFaces.AreHere && CmuFaces.AreHere, "the ORL and CMU faces are not on this machine");
        using FaceSet orl = OrlFaces.Load(32, Ct), cmu = CmuFaces.Load(32, Ct);

        Assert.Equal((400, 40), (orl.Count, orl.PeopleCount));
        Assert.All(orl.People.GroupBy(p => p), g => Assert.Equal(10, g.Count()));
        Assert.Equal((624, 20), (cmu.Count, cmu.PeopleCount));
        Assert.Contains("quinn", cmu.People.Distinct().Select(cmu.Name));
        Assert.InRange(cmu.Pictures.mean().item<float>(), 0.1f, 0.9f);

        // Cut anywhere, the archive is refused with a sentence.
        var bytes = File.ReadAllBytes(AssetStore.Default.Get(CmuFaces.Asset, Ct));
        var cut = Path.Combine(_folder.Path, "cut.npz");
        foreach (var length in new[] { 0, 10, 1000, bytes.Length / 2, bytes.Length - 5 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains("Download it again", Assert.Throws<InvalidDataException>(() => CmuFaces.Read(cut)).Message, StringComparison.Ordinal);
        }
    }

    private sealed class CancelAt(CancellationTokenSource source, int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step) source.Cancel();
        }
    }
}
