using FaceCourse.Convolutions;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Convolutions;

/// <summary>The 3-D network on phantoms whose nodules are known and which it was never trained on.</summary>
public sealed class NoduleNetTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Nodules_are_found_in_phantoms_never_trained_on_and_flat_filters_take_vessels_for_nodules()
    {
        using var scope = NewDisposeScope();
        var known = Phantoms(1, 60);
        var unknown = Phantoms(1001, 20);
        using var net = new NoduleNet();
        using var flat = new NoduleNet(sliceBySlice: true);
        net.Fit(known, steps: 300, ct: Ct);
        flat.Fit(known, steps: 300, ct: Ct);

        var (deep, shallow) = (net.Score(unknown), flat.Score(unknown));

        TestContext.Current.SendDiagnosticMessage($"3-D: {deep}; slice by slice: {shallow}");
        Assert.True(deep is { Sensitivity: >= 0.85, FalsePerVolume: <= 0.5 }, deep.ToString());
        Assert.True(shallow.Sensitivity - shallow.FalsePerVolume < deep.Sensitivity - deep.FalsePerVolume - 0.3, $"{shallow} against {deep}");
    }

    [Fact]
    public void It_runs_on_larger_volumes_than_it_was_made_with_and_shifts_with_its_input()
    {
        using var scope = NewDisposeScope();
        using var net = new NoduleNet();
        var (volume, _) = Phantom.Lung(7, 48, 3);
        using var part = new Volume(volume.Voxels.narrow(2, 8, 40).contiguous(), volume.Spacing, "part");

        var (whole, cut) = (net.Heat(volume), net.Heat(part));

        Assert.Equal([24, 24, 24], whole.shape);
        Assert.Equal([24, 24, 20], cut.shape);
        // Eight voxels are four places; away from the cut the two maps are the same.
        Assert.True(whole.narrow(2, 9, 15).allclose(cut.narrow(2, 5, 15), 1e-4, 1e-5));
    }

    [Fact]
    public void A_nodule_counts_once_and_only_near_its_centre()
    {
        Nodule[] truth = [new(10, 10, 10, 3), new(20, 20, 20, 3)];

        Assert.Equal(new NoduleScore(1, 1, 2, 1), NoduleScore.Of(truth, [new(10, 11, 10, 0), new(11, 10, 10, 0), new(20, 20, 24, 0)]));
        Assert.Equal(0.5, new NoduleScore(1, 1, 2, 1).Sensitivity);
        Assert.Equal(new NoduleScore(2, 1, 2, 2), new NoduleScore(1, 1, 2, 1) + new NoduleScore(1, 0, 0, 1));
    }

    [Fact]
    public void Small_volumes_NaN_and_a_training_of_no_steps_are_refused_and_a_training_can_be_stopped()
    {
        using var scope = NewDisposeScope();
        using var net = new NoduleNet();
        var small = Phantom.Lung(1, 16, 1);
        using var broken = new Volume(full([32, 32, 32], float.NaN), [1, 1, 1], "broken");

        Assert.Contains("at least 24", Assert.Throws<ConvolutionException>(() => net.Fit([small], ct: Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ConvolutionException>(() => net.Detect(broken)).Message, StringComparison.Ordinal);
        Assert.Contains("at least one step", Assert.Throws<ConvolutionException>(() => net.Fit(Phantoms(1, 1), steps: 0, ct: Ct)).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => net.Fit(Phantoms(1, 1), ct: new CancellationToken(true)));
    }

    [Fact]
    public void Two_trainings_with_one_seed_are_the_same()
    {
        using var scope = NewDisposeScope();
        var phantoms = Phantoms(1, 2);
        IReadOnlyList<double> Losses()
        {
            using var net = new NoduleNet(3);
            return net.Fit(phantoms, steps: 3, seed: 5, ct: Ct);
        }

        var first = Losses();
        Assert.Equal(first, Losses());
        Assert.NotEqual(first[0], first[1]);
    }

    private static List<(Volume Volume, IReadOnlyList<Nodule> Nodules)> Phantoms(int seed, int count)
        => [.. Enumerable.Range(seed, count).Select(s => Phantom.Lung(s, nodules: 1 + (s % 3)))];
}
