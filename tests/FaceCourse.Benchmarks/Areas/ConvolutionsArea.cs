using System.Diagnostics;
using FaceCourse.Convolutions;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>Convolutions in one and three directions against the plain loop, the matrix product and the machine's own rate; and how long the section's trainings take.</summary>
internal sealed class ConvolutionsArea : IArea
{
    private const int Pairs = 5;
    private const string CallCosts = "(no aim: the call costs more than the sum)";

    private static readonly string[] Lecture =
    [
        "14×1 * 5×1, 16 filters → 10×16 → 5×16, 32 filters → 6×32",
        "14×14×14×1 * 5×5×5×1, 16 filters → 10×10×10×16 → 5×5×5×16, 32 filters → 6×6×6×32",
        "65536×16 * 9×16, 32 filters, padding 4 → 65536×32",
        "64×64×64×16 * 3×3×3×16, 32 filters, padding 1 → 64×64×64×32",
    ];

    public string Name => "convolutions";

    public Task RunAsync(Ratios ratios)
    {
        TorchRuntime.Initialize();
        using var quiet = inference_mode();
        foreach (var text in Lecture)
        {
            foreach (var step in ConvolutionChain.Parse(text).Steps) Compare(ratios, step);
        }

        using var training = inference_mode(false);
        using var gradients = enable_grad();
        Trainings(ratios);
        return Task.CompletedTask;
    }

    private static void Compare(Ratios ratios, ConvolutionStep step)
    {
        using var scope = NewDisposeScope();
        var layer = step.Layer;
        var x = randn([1, step.Input.Channels, .. step.Input.Sides], generator: new Generator(1));
        var w = randn([layer.Filters, step.Input.Channels, .. layer.Kernel], generator: new Generator(2));
        // Small shapes are over in microseconds: they are repeated until a turn takes about as long as a large one.
        var repeat = (int)Math.Clamp(200_000_000 / step.Multiplications, 1, 2000);
        Action Times(int count, Func<Tensor> one) => () =>
        {
            for (var i = 0; i < count; i++) one().Dispose();
        };
        var ours = Times(repeat, () => FastConvolution.Apply(x, w, padding: layer.Padding));

        // Fewer multiplications than these take less time than the call into the library.
        var small = step.Multiplications < 100_000;
        var slow = Math.Max(1, repeat / 100);
        ratios.Report($"{step}: times faster than the plain loop", Paired(Times(slow * 20, () => FastConvolution.Apply(x, w, padding: layer.Padding)), Times(slow, () => SlidingSum.Apply(x, w, padding: (int)layer.Padding)),
            step.Multiplications > 1e9 ? 1 : 3).Select(r => r * 20), small ? CallCosts : "≥ 20");
        ratios.Report($"{step}: times faster than im2col and a matrix product", Paired(ours, Times(repeat, () => SlidingSum.AsMatrixProduct(x, w, padding: (int)layer.Padding)), Pairs), small ? CallCosts : "≥ 1");
        if (step.Multiplications < 10_000_000) return;

        Rate(ratios, step, x, w, repeat, "f32");
        var (xb, wb) = (x.to(bfloat16), w.to(bfloat16));
        Rate(ratios, step, xb, wb, repeat, "bf16");
        ratios.Report($"{step}: f32 time over bf16 time", Paired(Times(repeat, () => FastConvolution.Apply(xb, wb, padding: layer.Padding)), ours, Pairs), "(no aim: not every processor has bf16 units)");
    }

    // The convolution's multiplications per second as a share of a large matrix product's, of the same number type.
    private static void Rate(Ratios ratios, ConvolutionStep step, Tensor x, Tensor w, int repeat, string type)
    {
        const int side = 1024;
        var (a, b) = (randn(side, side).to(x.dtype), randn(side, side).to(x.dtype));
        var seconds = new List<double>();
        var shares = Enumerable.Range(-1, Pairs + 1).Select(_ =>
        {
            var conv = Seconds(() =>
            {
                for (var i = 0; i < repeat; i++) FastConvolution.Apply(x, w, padding: step.Layer.Padding).Dispose();
            }) / repeat;
            var gemm = Seconds(() => a.matmul(b).Dispose());
            seconds.Add(conv);
            return step.Multiplications / conv / (Math.Pow(side, 3) / gemm);
        }).Skip(1).ToArray();
        ratios.Report($"{step}, {type}: share of the machine's matrix product rate", shares, "≥ 0.3");
        ratios.Note($"{step}, {type}: {2 * step.Multiplications / seconds.Skip(1).Order().ElementAt(Pairs / 2) / 1e9:0.0} GFLOP/s");
    }

    private static void Trainings(Ratios ratios)
    {
        const double aim = 60;
        using var scope = NewDisposeScope();
        var ekg = new EkgGenerator { VentricularShare = 0.05, AtrialShare = 0.05, Individuality = 0.1 }.Generate(300, 1);
        Time("BeatNet", () =>
        {
            using var net = new BeatNet();
            net.Fit([ekg]);
        });
        var phantoms = Enumerable.Range(1, 60).Select(s => Phantom.Lung(s, nodules: 1 + (s % 3))).ToList();
        Time("NoduleNet", () =>
        {
            using var net = new NoduleNet();
            net.Fit(phantoms);
        });
        var (films, motions) = MovingShapes.Generate(400, 1);
        Time("MotionNet", () =>
        {
            using var net = new MotionNet();
            net.Fit(films, motions);
        });

        void Time(string name, Action training) => ratios.Report($"{name}: {aim:0} s over its default training's time", [aim / Seconds(training)], "≥ 1");
    }

    private static IEnumerable<double> Paired(Action ours, Action theirs, int pairs)
    {
        ours();
        if (pairs > 1) theirs();
        for (var i = 0; i < pairs; i++)
        {
            var (a, b) = (Seconds(ours), Seconds(theirs));
            yield return b / a;
        }
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }
}
