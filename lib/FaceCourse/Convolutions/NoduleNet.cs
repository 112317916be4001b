using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A small 3-D ConvNet that finds nodules in a volume of any size: volume → heat map → centres.</summary>
/// <remarks>
/// 1 → 8 channels at stride 2, then three layers of 16 channels with batch normalisation, and one output per 2×2×2 voxels: how surely a nodule's
/// centre is here. It sees a cube of 15 voxels. There is no fully connected layer, so it runs on volumes larger than those it was
/// trained on. Voxels are taken as they are, about 0 for air and 1 for tissue: as with a CT's Hounsfield units, the same number
/// means the same in every scan.
/// </remarks>
public sealed class NoduleNet : nn.Module<Tensor, Tensor>
{
    private const int Thinning = 2;
    private const int Side = 24;
    private const int BatchSize = 4;

    private readonly TorchSharp.Modules.Conv3d _first;
    private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> _middle;
    private readonly TorchSharp.Modules.Conv3d _last;

    /// <summary>Makes a network with random weights.</summary>
    /// <param name="seed">Chooses them.</param>
    /// <param name="sliceBySlice">True makes every filter flat (1×3×3): the same network, but blind to the slices above and below.</param>
    public NoduleNet(int seed = 1, bool sliceBySlice = false) : base(nameof(NoduleNet))
    {
        manual_seed(seed);
        var deep = sliceBySlice ? 1 : 3;
        _first = Layer(1, 8, deep, Thinning);
        _middle = nn.ModuleList<nn.Module<Tensor, Tensor>>(Block(8, deep), Block(16, deep), Block(16, deep));
        _last = nn.Conv3d(16, 1, 1);
        // Hardly any place is a centre: an untrained network that answers "no" saves the first steps.
        nn.init.constant_(_last.bias!, -3);
        RegisterComponents();
        this.to(TorchRuntime.Device);
    }

    /// <summary>The eight filters of the first layer, [8, 3, 3, 3] (or [8, 1, 3, 3] slice by slice).</summary>
    public Tensor Filters => _first.weight.detach().squeeze(1).cpu();

    /// <summary>[N, 1, D, H, W] to logits [N, 1, ⌈D/2⌉, ⌈H/2⌉, ⌈W/2⌉].</summary>
    public override Tensor forward(Tensor input)
    {
        var x = nn.functional.relu(_first.call(input));
        foreach (var block in _middle) x = block.call(x);
        return _last.call(x);
    }

    /// <summary>What the first layer's filters answer in a volume, [8, ⌈D/2⌉, ⌈H/2⌉, ⌈W/2⌉].</summary>
    public Tensor FirstActivations(Volume volume)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return nn.functional.relu(_first.call(Input(volume))).squeeze(0).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>How surely a nodule's centre is at each place, 0…1: [⌈D/2⌉, ⌈H/2⌉, ⌈W/2⌉], one number per 2×2×2 voxels.</summary>
    public Tensor Heat(Volume volume)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        this.eval();
        return call(Input(volume)).sigmoid()[0, 0].cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Trains on volumes whose nodules are known, their axes exchanged at random.</summary>
    /// <param name="volumes">The volumes, each at least 24 voxels along every side, and their nodules.</param>
    /// <param name="steps">How many batches of four pieces of 24³ voxels.</param>
    /// <param name="seed">Chooses the pieces.</param>
    /// <param name="progress">Told the step and its loss.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>The loss of every step.</returns>
    /// <exception cref="ConvolutionException">There is no volume, or one is too small.</exception>
    public IReadOnlyList<double> Fit(IReadOnlyList<(Volume Volume, IReadOnlyList<Nodule> Nodules)> volumes, int steps = 300, int seed = 1, IProgress<(int Step, double Loss)>? progress = null, CancellationToken ct = default)
    {
        if (volumes.Count == 0 || volumes.Any(v => Math.Min(v.Volume.Depth, Math.Min(v.Volume.Height, v.Volume.Width)) < Side))
            throw new ConvolutionException($"Training takes at least one volume, and each is at least {Side} voxels along every side.");
        using var outer = NewDisposeScope();
        var labelled = volumes.Select(v => (v.Volume.Voxels, Target(v.Volume, v.Nodules))).ToArray();
        var random = new Random(seed);
        return Training.Run(this, steps, 8e-3, () =>
        {
            var (x, y) = Batch(labelled, random);
            // Hardly any place is a nodule's centre: those few weigh more.
            return nn.functional.binary_cross_entropy_with_logits(call(x), y, pos_weights: tensor(5f, device: x.device));
        }, progress, ct);
    }

    /// <summary>Finds the nodules: the heat map's peaks, each set to the middle of the heat around it. Their radius is not measured and 0.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="threshold">How sure a peak must be, 0…1.</param>
    /// <exception cref="ConvolutionException">A voxel is no finite number.</exception>
    public IReadOnlyList<Nodule> Detect(Volume volume, double threshold = 0.5)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var heat = Heat(volume);
        // A peak is as hot as the hottest place at most two steps away.
        var hottest = nn.functional.max_pool3d(heat.view(1, 1, heat.shape[0], heat.shape[1], heat.shape[2]), [5, 5, 5], [1, 1, 1], [2, 2, 2])[0, 0];
        var peaks = (heat.eq(hottest) & (heat > threshold)).nonzero();
        return [.. Enumerable.Range(0, (int)peaks.shape[0]).Select(i => Centre(heat, peaks[i].data<long>().ToArray()))];
    }

    /// <summary>Detects in labelled volumes and compares; a detection counts within three voxels of a centre.</summary>
    public NoduleScore Score(IEnumerable<(Volume Volume, IReadOnlyList<Nodule> Nodules)> volumes, double threshold = 0.5)
        => volumes.Select(v => NoduleScore.Of(v.Nodules, Detect(v.Volume, threshold))).Aggregate(new NoduleScore(0, 0, 0, 0), (a, b) => a + b);

    private static TorchSharp.Modules.Conv3d Layer(long channels, long filters, long deep, long stride)
        => nn.Conv3d(channels, filters, (deep, 3, 3), (stride, stride, stride), (deep / 2, 1, 1));

    private static nn.Module<Tensor, Tensor> Block(long channels, long deep)
        => nn.Sequential(Layer(channels, 16, deep, 1), nn.BatchNorm3d(16), nn.ReLU());

    private static Tensor Input(Volume volume)
    {
        if (!volume.Voxels.isfinite().all().item<bool>()) throw new ConvolutionException($"{volume} holds a voxel that is no finite number (NaN); replace such voxels, with 0 say, before using the volume.");
        return volume.Voxels.unsqueeze(0).unsqueeze(0).to(TorchRuntime.Device);
    }

    // The middle of the heat in the 3×3×3 places around a peak, in voxels: place i of the map lies over voxel 2i.
    private static Nodule Centre(Tensor heat, long[] peak)
    {
        double weight = 0, x = 0, y = 0, z = 0;
        for (var k = Math.Max(0, peak[0] - 1); k <= Math.Min(heat.shape[0] - 1, peak[0] + 1); k++)
        for (var j = Math.Max(0, peak[1] - 1); j <= Math.Min(heat.shape[1] - 1, peak[1] + 1); j++)
        for (var i = Math.Max(0, peak[2] - 1); i <= Math.Min(heat.shape[2] - 1, peak[2] + 1); i++)
        {
            double h = heat[k, j, i].item<float>();
            (weight, x, y, z) = (weight + h, x + (h * i), y + (h * j), z + (h * k));
        }

        return new Nodule(Thinning * x / weight, Thinning * y / weight, Thinning * z / weight, 0);
    }

    // What the heat map should be: a small hill, 1 at its top, over each centre.
    private static Tensor Target(Volume volume, IReadOnlyList<Nodule> nodules)
    {
        using var scope = NewDisposeScope();
        long Half(int n) => (n + Thinning - 1) / Thinning;
        Tensor Line(int n) => arange(Half(n), ScalarType.Float32) * Thinning;
        var (z, y, x) = (Line(volume.Depth).view(-1, 1, 1), Line(volume.Height).view(1, -1, 1), Line(volume.Width).view(1, 1, -1));
        var target = zeros(Half(volume.Depth), Half(volume.Height), Half(volume.Width));
        foreach (var n in nodules)
        {
            var squared = (x - n.X).square() + (y - n.Y).square() + (z - n.Z).square();
            target = maximum(target, (squared / -4).exp());
        }

        return target.MoveToOuterDisposeScope();
    }

    private static (Tensor X, Tensor Y) Batch((Tensor Voxels, Tensor Target)[] volumes, Random random)
    {
        var (xs, ys) = (new List<Tensor>(), new List<Tensor>());
        for (var n = 0; n < BatchSize; n++)
        {
            var (x, y) = volumes[random.Next(volumes.Length)];
            for (var axis = 0; axis < 3; axis++)
            {
                // A piece starts at an even voxel, so that the heat map's places stay over the same voxels.
                var start = random.Next(((int)(x.shape[axis] - Side) / Thinning) + 1);
                (x, y) = (x.narrow(axis, start * Thinning, Side), y.narrow(axis, start, Side / Thinning));
            }

            // Only turns of the axes: a mirror image of an even side would shift the map by one voxel against the volume.
            long[] order = [0, 1, 2];
            random.Shuffle(order);
            xs.Add(x.permute(order));
            ys.Add(y.permute(order));
        }

        return (stack(xs).unsqueeze(1).to(TorchRuntime.Device), stack(ys).unsqueeze(1).to(TorchRuntime.Device));
    }
}
