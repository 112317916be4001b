using FaceCourse.ConvNets;
using FaceCourse.Style;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>Draws the picture that excites a unit most (Olah et al., "Feature Visualization", Distill 2017).</summary>
/// <remarks>
/// Three things keep it from being noise: it is described by its Fourier coefficients, each frequency counting the same;
/// its colours are decorrelated as those of photographs are; and it is shifted, turned and scaled a little at every step.
/// </remarks>
/// <example><code>using var picture = FeatureVisualisation.Draw(net, Objective.Unit("fire6", 12));</code></example>
public static class FeatureVisualisation
{
    // Square root of the colour covariance of ImageNet, from Lucid.
    private static readonly float[] ColourRoot = [0.26f, 0.09f, 0.02f, 0.27f, 0.00f, -0.05f, 0.27f, -0.09f, 0.03f];

    /// <summary>Draws.</summary>
    /// <param name="net">The network.</param>
    /// <param name="objective">What to excite.</param>
    /// <param name="size">Side of the picture, in pixels.</param>
    /// <param name="steps">Steps of Adam.</param>
    /// <param name="seed">Seed of the first picture and of the shifts.</param>
    /// <param name="progress">Told step and value.</param>
    /// <param name="ct">Ends the drawing; the picture so far is returned.</param>
    /// <returns>[3,size,size], RGB, values 0…1, on the CPU.</returns>
    public static Tensor Draw(ConvNet net, Objective objective, int size = 128, int steps = 96, int seed = 1, IProgress<(int Step, double Value)>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        using var scope = NewDisposeScope();
        var device = TorchRuntime.Device;
        var random = new Random(seed);
        var half = size / 2 + 1;
        var frequency = (fft.fftfreq(size).unsqueeze(1).square() + fft.rfftfreq(size).unsqueeze(0).square()).sqrt().clamp_min(1.0 / size);
        var equal = (size / frequency / size).to(device).unsqueeze(0);
        var colour = tensor(ColourRoot, device: device).view(3, 3) / 0.4619;
        var waves = new TorchSharp.Modules.Parameter(Start());
        using var adam = optim.Adam([waves], 0.05);

        // A unit that is silent behind its ReLU gives no direction. So the start is the most exciting of some random
        // pictures, from faint to strong; and where none says anything to it, of some that are drawn.
        Tensor Start()
        {
            using var quietly = no_grad();
            var noise = new Generator((ulong)seed);
            var best = Best(Enumerable.Range(0, 8).Select(i => (0.02 * Math.Pow(1.6, i) * randn([2, 3, size, half], generator: noise)).to(device)));
            return best.Value > 1e-6 ? best.Waves : Best(Enumerable.Range(1, 4)
                .SelectMany(s => new[] { GeneratedStyles.Strokes(size, s), GeneratedStyles.Mosaic(size, s), GeneratedStyles.Woodcut(size, s) }).Select(WavesOf).Prepend(best.Waves)).Waves;
        }

        (Tensor Waves, float Value) Best(IEnumerable<Tensor> tries) => tries.Select(w => (w, objective.Of(net, Picture(w)).item<float>())).MaxBy(t => t.Item2);

        // The inverse of Picture.
        Tensor WavesOf(Tensor picture)
        {
            var planes = linalg.inv(colour).matmul(picture.to(device).clamp(0.05, 0.95).logit().flatten(1)).view(3, size, size);
            var coefficients = fft.rfft2(planes / (size / 4.0)) / equal;
            return stack([coefficients.real, coefficients.imag]);
        }

        Tensor Picture(Tensor waves)
        {
            var planes = fft.irfft2(complex(waves[0] * equal, waves[1] * equal), [size, size]) * (size / 4.0);
            return colour.matmul(planes.flatten(1)).view(3, size, size).sigmoid();
        }

        for (var step = 1; step <= steps && !ct.IsCancellationRequested; step++)
        {
            using var inner = NewDisposeScope();
            var value = objective.Of(net, Moved(Picture(waves), random));
            adam.zero_grad();
            (-value).backward();
            adam.step();
            progress?.Report((step, value.item<float>()));
        }

        using var quiet = no_grad();
        return Picture(waves).cpu().DetachFromDisposeScope();
    }

    /// <summary>The picture shifted by up to 8 pixels, turned by up to 10° and scaled by up to a tenth.</summary>
    private static Tensor Moved(Tensor picture, Random random)
    {
        var (angle, scale) = ((random.NextDouble() - 0.5) * Math.PI / 9, 0.9 + 0.2 * random.NextDouble());
        double Shift() => (random.NextDouble() - 0.5) * 32 / picture.size(2);
        var (c, s) = ((float)(Math.Cos(angle) * scale), (float)(Math.Sin(angle) * scale));
        var turn = tensor(new[] { c, -s, (float)Shift(), s, c, (float)Shift() }, device: picture.device).view(1, 2, 3);
        var batch = picture.unsqueeze(0);
        var grid = nn.functional.affine_grid(turn, batch.shape, align_corners: false);
        return nn.functional.grid_sample(batch, grid, padding_mode: GridSamplePaddingMode.Reflection, align_corners: false);
    }
}
