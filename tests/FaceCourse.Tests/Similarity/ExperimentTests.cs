using FaceCourse.Similarity;
using FaceCourse.Tests.Assets;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

public sealed class ExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly TrainingOptions Quick = new() { Steps = 60, PeoplePerBatch = 10, EvaluateEvery = 20, Seed = 1 };

    private static FaceSet Train(int people = 40) => SyntheticFaces.Draw(people, 6, size: 32, firstPerson: 1000);

    private static FaceSet Unseen(int people = 8) => SyntheticFaces.Draw(people, 6, size: 32);

    private static float[] Numbers(SmallEncoder encoder) => [.. encoder.state_dict().Values.SelectMany(t => t.to(float32).cpu().data<float>().ToArray())];

    [Fact]
    public void Random_triplets_are_soon_easy_while_mined_ones_go_on_teaching()
    {
        using FaceSet train = Train(), unseen = Unseen();

        var race = TrainingRace.Run(train, unseen, [("random", Quick with { Miner = Miner.Random(1) }), ("semi-hard", Quick)], ct: Ct);

        Assert.Equal(["random", "semi-hard"], race.Select(r => r.Name));
        var (random, mined) = (race[0].Result, race[1].Result);
        Assert.InRange(random.Last.ActiveShare, 0, 0.5);
        Assert.InRange(mined.Last.ActiveShare, 0.8, 1);
        Assert.True(random.Last.ActiveShare < random.History[1].ActiveShare);
        // Both began with the same weights.
        Assert.Equal(random.History[0].UnseenAccuracy, mined.History[0].UnseenAccuracy);
        Assert.True(mined.Last.UnseenAccuracy > mined.History[0].UnseenAccuracy + 0.1);
    }

    [Fact]
    public void Without_a_margin_the_encodings_become_one_point_and_with_one_they_do_not()
    {
        using FaceSet train = Train(), unseen = Unseen();
        TrainingOptions With(double margin) => Quick with { Miner = Miner.All, Loss = new TripletLoss(margin, Reduction.MeanOfActive) };

        var race = TrainingRace.Run(train, unseen, [("α = 0", With(0)), ("α = 0.2", With(0.2))], ct: Ct);

        Assert.InRange(race[0].Result.Last.Spread, 0, race[0].Result.History[0].Spread / 3);
        Assert.True(race[1].Result.Last.Spread > 10 * race[0].Result.Last.Spread, $"{race[1].Result.Last.Spread} against {race[0].Result.Last.Spread}");
    }

    [Fact]
    public void A_classifier_knows_its_people_and_can_never_name_another()
    {
        using var scope = NewDisposeScope();
        using var all = SyntheticFaces.Draw(6, 14, size: 32);
        using FaceSet known = all.OfPeople(p => p <= 5), stranger = all.OfPeople(p => p == 6);
        using var shown = known.At([.. Enumerable.Range(0, known.Count).Where(i => i % 14 < 10)]);
        using var kept = known.At([.. Enumerable.Range(0, known.Count).Where(i => i % 14 >= 10)]);
        using var classifier = SoftmaxRecogniser.Train(shown, steps: 60, ct: Ct);

        Assert.InRange(classifier.Accuracy(kept), 0.8, 1);
        Assert.Equal(0, classifier.Accuracy(stranger));
        Assert.All(classifier.Recognise(stranger), a => Assert.InRange(a.Person, 1, 5));
        Assert.True(classifier.Probabilities(stranger).sum(1).allclose(ones(14)));
        using var one = known.OfPeople(p => p == 1);
        Assert.Contains("two people", Assert.Throws<TrainingException>(() => SoftmaxRecogniser.Train(one, ct: Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_pictures_of_a_thousand_persons_hold_positives_and_one_picture_each_holds_none()
    {
        Assert.Equal(new PossibleTriplets(45_000, 49_950_000, 899_100_000), PossibleTriplets.Of(Enumerable.Range(0, 10_000).Select(i => i / 10)));
        Assert.Equal(new PossibleTriplets(0, 49_995_000, 0), PossibleTriplets.Of(Enumerable.Range(0, 10_000)));

        // The same as counting them one by one, with uneven people.
        var random = new Random(1);
        var who = Enumerable.Range(0, 20).Select(_ => (long)random.Next(5)).ToArray();
        Assert.Equal(Slow.AllTriplets(who).Count, PossibleTriplets.Of(who.Select(p => (int)p)).Triplets);
    }

    [Fact]
    public void Weight_decay_covering_and_annealing_are_part_of_what_a_checkpoint_belongs_to()
    {
        using var faces = SyntheticFaces.Draw(4, 3, size: 16);
        var options = TrainingOptions.FewPictures with { Steps = 2, PeoplePerBatch = 2, Checkpoint = Path.Combine(_folder.Path, "few.safetensors") };
        EncoderTraining.Run(KilledTraining.Encoder(), faces, null, options, null, Ct);

        foreach (var other in new[] { options with { Cover = false }, options with { WeightDecay = 0 }, options with { AugmentStrength = 1 }, options with { Steps = 3 } })
            Assert.Contains("another training", Assert.Throws<TrainingException>(() => EncoderTraining.Run(KilledTraining.Encoder(), faces, null, other, null, Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Covering_hides_one_rectangle_of_each_picture_and_leaves_the_rest()
    {
        using var scope = NewDisposeScope();
        var x = rand(50, 3, 32, 32, generator: new Generator(1));

        var y = Augmentation.Cover(x, seed: 5);

        var changed = y.ne(x).any(1);
        var share = changed.to(float32).mean([1, 2]);
        Assert.InRange(share.min().item<float>(), 0.2f * 0.2f * 0.7f, 0.5f * 0.5f * 1.2f);
        Assert.InRange(share.max().item<float>(), 0.1f, 0.5f * 0.5f * 1.2f);
        Assert.True(Augmentation.Cover(x, seed: 5).equal(y).all().item<bool>());
        // A rectangle: as many pixels as its rows times its columns.
        Assert.True(changed.any(1).sum(1).mul(changed.any(2).sum(1)).equal(changed.sum([1, 2])).all().item<bool>());
    }

    [Fact]
    public async Task A_training_killed_again_and_again_at_any_moment_ends_with_the_weights_of_one_left_in_peace()
    {
        using var scope = NewDisposeScope();
        using var faces = KilledTraining.Faces();
        var file = Path.Combine(_folder.Path, "killed.safetensors");
        var random = new Random(1);
        var kills = 0;
        for (var round = 0; round < 4; round++)
        {
            using var child = KilledTraining.Start(file);
            var begun = DateTime.UtcNow;
            var before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : DateTime.MinValue;
            while (!child.HasExited && (!File.Exists(file) || File.GetLastWriteTimeUtc(file) == before) && DateTime.UtcNow - begun < TimeSpan.FromSeconds(60)) await Task.Delay(2, Ct);
            await Task.Delay(random.Next(40), Ct);
            if (!child.HasExited) kills++;
            // SIGKILL: no handler, no finally.
            child.Kill();
            await child.WaitForExitAsync(Ct);
        }

        Assert.True(kills >= 2, $"only {kills} of 4 trainings were still running when they were to be killed");
        using SmallEncoder again = KilledTraining.Encoder(), whole = KilledTraining.Encoder();
        var result = EncoderTraining.Run(again, faces, faces, KilledTraining.Options with { Checkpoint = file }, null, Ct);
        EncoderTraining.Run(whole, faces, faces, KilledTraining.Options, null, Ct);

        Assert.Equal([0, 40, 80, 120], result.History.Select(h => h.Step));
        Assert.Equal(Numbers(whole), Numbers(again));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Thousands_of_steps_leave_no_tensor_behind()
    {
        using var faces = SyntheticFaces.Draw(4, 3, size: 16);
        using var encoder = KilledTraining.Encoder();
        var options = new TrainingOptions { PeoplePerBatch = 2, PicturesPerPerson = 2, Cover = true, WeightDecay = 0.01, EvaluateEvery = 500, Steps = 100 };
        EncoderTraining.Run(encoder, faces, faces, options, null, Ct);
        var tensors = Live();

        EncoderTraining.Run(encoder, faces, faces, options with { Steps = 3000 }, null, Ct);

        Assert.InRange(Live() - tensors, -50, 50);
    }

    // Of this thread alone: other tests run beside this one.
    private static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    [Fact]
    public void Trained_on_thirty_people_of_ORL_it_tells_ten_others_apart_better_than_pixels_and_eigenfaces()
    {
        Assert.SkipUnless(OrlFaces.AreHere, "the ORL faces are not on this machine");
        using var all = OrlFaces.Load(ct: Ct);
        var (train, unseen) = all.Split(10, seed: 1);
        using var encoder = SmallEncoder.For(train, seed: 1);
        EncoderTraining.Run(encoder, train, null, TrainingOptions.FewPictures with { Steps = 150, PeoplePerBatch = 16, LearningRate = 2e-3, Seed = 1 }, null, Ct);

        var scores = EncodingScore.Compare(train, unseen, ("trained", encoder));
        train.Dispose();
        unseen.Dispose();

        Assert.Equal(["raw pixels", "pixels, brightness and contrast removed", "eigenfaces", "trained"], scores.Select(s => s.Name));
        Assert.InRange(scores[^1].Roc.Auc, 0.95, 1);
        Assert.All(scores.SkipLast(1), other => Assert.True(scores[^1].Roc.Auc > other.Roc.Auc + 0.01 && scores[^1].OneShot > other.OneShot, $"{scores[^1]} against {other}"));
    }
}
