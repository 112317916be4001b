using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A small 3-D ConvNet that tells which way things move in a film; time is the third direction its filters slide in.</summary>
/// <remarks>
/// Two layers of filters over three frames each; then the largest answer of each frame, wherever it stands, and the mean of those
/// over time; then one score per motion. Where and when is forgotten: what is left is which small movements there were. A filter
/// over one frame cannot see any.
/// </remarks>
public sealed class MotionNet : nn.Module<Tensor, Tensor>
{
    private const int BatchSize = 32;

    private readonly TorchSharp.Modules.Conv3d _first;
    private readonly TorchSharp.Modules.Conv3d _second;
    private readonly TorchSharp.Modules.Linear _scores;

    /// <summary>Makes a network with random weights.</summary>
    /// <param name="seed">Chooses them.</param>
    /// <param name="frames">How many frames a filter sees at once: 3, or 1 for a network that looks at single pictures.</param>
    /// <exception cref="ConvolutionException">The number of frames is even or out of its range.</exception>
    public MotionNet(int seed = 1, int frames = 3) : base(nameof(MotionNet))
    {
        if (frames is not (1 or 3 or 5)) throw new ConvolutionException($"A filter sees 1, 3 or 5 frames at once, not {frames}.");
        manual_seed(seed);
        _first = nn.Conv3d(1, 12, (frames, 3, 3), (1, 1, 1), (frames / 2, 1, 1));
        _second = nn.Conv3d(12, 16, (frames, 3, 3), (1, 2, 2), (frames / 2, 1, 1));
        _scores = nn.Linear(16, 4);
        RegisterComponents();
        this.to(TorchRuntime.Device);
    }

    /// <summary>The twelve filters of the first layer, [12, frames, 3, 3].</summary>
    public Tensor Filters => _first.weight.detach().squeeze(1).cpu();

    /// <summary>[N, 1, frames, height, width] to the scores [N, 4] of the four motions.</summary>
    public override Tensor forward(Tensor input)
    {
        var x = nn.functional.relu(_second.call(nn.functional.relu(_first.call(input))));
        return _scores.call(x.amax([3L, 4L]).mean([2L]));
    }

    /// <summary>What the first layer's filters answer to a film [1, frames, height, width]: [12, frames, height, width].</summary>
    public Tensor FirstActivations(Tensor film)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return nn.functional.relu(_first.call(film.unsqueeze(0).to(TorchRuntime.Device))).squeeze(0).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Trains on films whose motion is known.</summary>
    /// <param name="films">[N, 1, frames, height, width] from 0 to 1.</param>
    /// <param name="motions">Each film's motion.</param>
    /// <param name="steps">How many batches of 32 films.</param>
    /// <param name="seed">Chooses the batches.</param>
    /// <param name="progress">Told the step and its loss.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>The loss of every step.</returns>
    /// <exception cref="ConvolutionException">The films are of another shape, or not as many as the motions.</exception>
    public IReadOnlyList<double> Fit(Tensor films, IReadOnlyList<Motion> motions, int steps = 200, int seed = 1, IProgress<(int Step, double Loss)>? progress = null, CancellationToken ct = default)
    {
        Check(films, motions.Count);
        using var outer = NewDisposeScope();
        var (x, y) = (films.to(TorchRuntime.Device), tensor(motions.Select(m => (long)m).ToArray(), device: TorchRuntime.Device));
        var random = new Random(seed);
        return Training.Run(this, steps, 1e-2, () =>
        {
            var rows = tensor(Enumerable.Range(0, BatchSize).Select(_ => (long)random.Next(motions.Count)).ToArray(), device: TorchRuntime.Device);
            return nn.functional.cross_entropy(call(x.index_select(0, rows)), y.index_select(0, rows));
        }, progress, ct);
    }

    /// <summary>Each film's likeliest motion.</summary>
    /// <param name="films">[N, 1, frames, height, width] from 0 to 1; any number of frames and any size.</param>
    /// <exception cref="ConvolutionException">The films are of another shape.</exception>
    public IReadOnlyList<Motion> Predict(Tensor films)
    {
        Check(films, (int)films.shape[0]);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        this.eval();
        return [.. films.split(64).SelectMany(part => call(part.to(TorchRuntime.Device)).argmax(1).cpu().data<long>().ToArray()).Select(m => (Motion)m)];
    }

    /// <summary>The share of films whose motion is told right, 0…1.</summary>
    public double Accuracy(Tensor films, IReadOnlyList<Motion> motions)
    {
        Check(films, motions.Count);
        return Predict(films).Zip(motions).Count(p => p.First == p.Second) / (double)motions.Count;
    }

    private static void Check(Tensor films, int count)
    {
        if (films.dim() != 5 || films.shape[1] != 1 || films.shape[0] != count || count == 0)
            throw new ConvolutionException($"Films are [N, 1, frames, height, width] with one motion for each; these are [{string.Join(", ", films.shape)}] with {count} motions.");
    }
}
