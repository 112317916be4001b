using FaceCourse.Convolutions;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Convolutions;

/// <summary>Motion is in the order of the frames, and nowhere else.</summary>
public sealed class MotionNetTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Motions_are_told_apart_by_three_frames_but_not_by_one_nor_by_shuffled_or_frozen_films()
    {
        using var scope = NewDisposeScope();
        var (films, motions) = MovingShapes.Generate(400, 1);
        var (unseen, truth) = MovingShapes.Generate(400, 2);
        using var net = new MotionNet();
        using var single = new MotionNet(frames: 1);
        net.Fit(films, motions, steps: 120, ct: Ct);
        single.Fit(films, motions, steps: 120, ct: Ct);

        var (right, alone) = (net.Accuracy(unseen, truth), single.Accuracy(unseen, truth));
        var (frozen, shuffled) = (net.Accuracy(MovingShapes.Frozen(unseen), truth), net.Predict(MovingShapes.Shuffled(unseen, 3)));
        // Shuffled frames still lie on one line, so left-right may be told from up-down; which way along it may not.
        bool SameLine(Motion a, Motion b) => (a is Motion.Left or Motion.Right) == (b is Motion.Left or Motion.Right);
        var line = shuffled.Zip(truth).Where(p => SameLine(p.First, p.Second)).ToList();
        var way = line.Count(p => p.First == p.Second) / (double)line.Count;

        TestContext.Current.SendDiagnosticMessage($"three frames {right:P1}, one frame {alone:P1}, frozen {frozen:P1}, shuffled {shuffled.Zip(truth).Average(p => p.First == p.Second ? 1.0 : 0):P1}, the way along the right line {way:P1} of {line.Count}");
        Assert.True(right >= 0.97, $"three frames: {right:P1}");
        Assert.InRange(alone, 0.15, 0.35);
        Assert.InRange(frozen, 0.15, 0.35);
        Assert.InRange(way, 0.38, 0.62);
    }

    [Fact]
    public void A_film_may_be_longer_and_larger_than_those_trained_on()
    {
        using var scope = NewDisposeScope();
        using var net = new MotionNet();

        Assert.Equal(3, net.Predict(rand([3, 1, 12, 24, 20])).Count);
        Assert.Equal([12, 8, 16, 16], net.FirstActivations(rand([1, 8, 16, 16])).shape);
        Assert.Equal([12, 3, 3, 3], net.Filters.shape);
    }

    [Fact]
    public void Films_of_another_shape_are_refused_and_a_training_can_be_stopped()
    {
        using var scope = NewDisposeScope();
        using var net = new MotionNet();
        var (films, motions) = MovingShapes.Generate(8, 1);

        Assert.Contains("[N, 1, frames", Assert.Throws<ConvolutionException>(() => net.Predict(rand([8, 16, 16]))).Message, StringComparison.Ordinal);
        Assert.Contains("7 motions", Assert.Throws<ConvolutionException>(() => net.Fit(films, motions[..7], ct: Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("not 2", Assert.Throws<ConvolutionException>(() => new MotionNet(frames: 2)).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => net.Fit(films, motions, ct: new CancellationToken(true)));
    }
}
