using System.Diagnostics;
using FaceCourse.Activations;
using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Style;
using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>Painting against the plain tutorial loop, and nine patches against the bare forward pass.</summary>
internal sealed class StyleArea : IArea
{
    private const string Vgg = "convnet/vgg19_tfjs/group8-shard1of1";

    public string Name => "style";

    public Task RunAsync(Ratios ratios)
    {
        using var scope = NewDisposeScope();
        using var course = CourseNet.Load();
        Memory(ratios, course);
        StepRate(ratios, course);
        Patches(ratios, course);
        BFloat16(ratios);
        ToTheSameCost(ratios, size: 192, tutorialSteps: 100, pairs: 3);
        return Task.CompletedTask;
    }

    /// <summary>The process's largest memory after a step at each size; sizes grow, so each peak is its own.</summary>
    private static void Memory(Ratios ratios, ConvNet net)
    {
        foreach (var size in new[] { 256, 512, 1024 })
        {
            using var scope = NewDisposeScope();
            using var problem = new StyleProblem(net, GeneratedStyles.Woodcut(size), GeneratedStyles.Strokes(size));
            problem.At(GeneratedStyles.Mosaic(size));
            using var process = Process.GetCurrentProcess();
            ratios.Note($"{net.GetName()} at {size}×{size}: at most {process.PeakWorkingSet64 / 1e6:0} MB so far");
        }
    }

    /// <summary>The arithmetic of one step (all convolutions forward, and back to the pixels) per second, over that of one large convolution.</summary>
    private static void StepRate(Ratios ratios, ConvNet net)
    {
        const int side = 256, channels = 64;
        using var problem = new StyleProblem(net, GeneratedStyles.Woodcut(side), GeneratedStyles.Strokes(side));
        var g = GeneratedStyles.Mosaic(side);
        var (x, w) = (rand(1, channels, side, side), rand(channels, channels, 3, 3));
        var (work, before) = (0.0, 3);
        using (no_grad())
        {
            foreach (var (layer, a) in net.Activations(g, [.. net.LayerNames]))
            {
                var kernel = net.Layer(layer).Window.Size;
                if (!layer.StartsWith("pool", StringComparison.Ordinal)) work += 2 * 2.0 * kernel * kernel * before * a.size(1) * a.size(2) * a.size(3);
                before = (int)a.size(1);
            }
        }

        double Rate(double operations, Action run)
        {
            var watch = Stopwatch.StartNew();
            using var scope = NewDisposeScope();
            run();
            return operations / watch.Elapsed.TotalSeconds;
        }

        ratios.Report($"rate of one step with {net.GetName()} over the machine's convolution rate", Enumerable.Range(-1, ratios.Pairs + 1).Select(_ =>
        {
            var step = Rate(work, () => problem.At(g));
            using var quiet = no_grad();
            return step / Rate(2.0 * 9 * channels * channels * side * side, () => nn.functional.conv2d(x, w, padding: [1L, 1L]));
        }).Skip(1), "as near 1 as may be");
    }

    /// <summary>Nine patches of five layers, against a forward pass over the same pictures.</summary>
    private static void Patches(Ratios ratios, CourseNet net)
    {
        string[] layers = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"];
        var pictures = rand([512, 3, 96, 96], generator: new Generator(1)).unbind(0);
        ratios.Faster("nine patches as a share of the plain forward pass", () => TopPatches.Find(net, layers, pictures).Dispose(), () =>
        {
            using var quiet = inference_mode();
            foreach (var batch in pictures.Chunk(16))
            {
                using var inner = NewDisposeScope();
                net.Activation(stack(batch), "conv5_1");
            }
        }, "≥ 0.9");
    }

    /// <summary>A step with VGG-19's weights as float32, over one with bfloat16.</summary>
    private static void BFloat16(Ratios ratios)
    {
        if (!AssetStore.Default.TryGetLocal(Vgg, out _)) return;
        using var scope = NewDisposeScope();
        using var exact = Vgg19.Load();
        using var half = Vgg19.Load().InBFloat16();
        var (content, style, g) = (GeneratedStyles.Woodcut(192), GeneratedStyles.Strokes(192), GeneratedStyles.Mosaic(192));
        using var problem = new StyleProblem(exact, content, style);
        using var halfProblem = new StyleProblem(half, content, style);
        Action Step(StyleProblem p) => () =>
        {
            using var inner = NewDisposeScope();
            p.At(g);
        };
        ratios.Faster("time of one step with VGG-19 in f32 over bf16", Step(halfProblem), Step(problem), "(no aim: not every processor has bf16 units)");
    }

    /// <summary>The plain loop: one size, Adam, everything computed each step; then ours, until its cost is reached.</summary>
    internal static void ToTheSameCost(Ratios ratios, int size, int tutorialSteps, int pairs)
    {
        if (!AssetStore.Default.TryGetLocal(Vgg, out _))
        {
            ratios.Note("VGG-19 is not on this machine; painting is not compared");
            return;
        }

        using var net = Vgg19.Load();
        var content = Resample.Area(ImageFile.Load(AssetStore.Default.Get("media/content/astronaut.png")), size, size);
        var style = Resample.Area(ImageFile.Load(AssetStore.Default.Get("media/style/starry_night.jpg")), size, size);
        using var problem = new StyleProblem(net, content, style);
        var settings = new StyleSettings { Size = size, Steps = 2 * tutorialSteps, Alpha = problem.Alpha, Lambda = problem.Lambda };
        ratios.Report($"time of the plain tutorial loop ({size} px, Adam, {tutorialSteps} steps) over ours to its final cost", Enumerable.Range(0, pairs).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            var goal = Tutorial(net, content, style, problem, tutorialSteps);
            var plain = watch.Elapsed.TotalSeconds;
            using var stop = new CancellationTokenSource();
            watch.Restart();
            using var painting = StyleTransfer.Paint(net, content, style, settings, new Until(size, goal, stop), stop.Token);
            return painting.Costs.Total <= goal ? plain / watch.Elapsed.TotalSeconds : 0;
        }), "≥ 3 (0: never reached)");
    }

    private static double Tutorial(Vgg19 net, Tensor content, Tensor style, StyleProblem problem, int steps)
    {
        const string contentLayer = "conv3_2";
        string[] layers = [.. problem.Lambda.Keys];
        var g = new TorchSharp.Modules.Parameter(content.clone());
        using var adam = optim.Adam([g], 0.02);
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var (aC, aS) = (net.Activations(content, contentLayer), net.Activations(style, layers));
            var aG = net.Activations(g, [.. layers, contentLayer]);
            var cost = problem.Alpha * Cost.Content(aC[contentLayer], aG[contentLayer]);
            foreach (var layer in layers) cost += problem.Beta * problem.Lambda[layer] * Cost.Style(aS[layer], aG[layer]);
            adam.zero_grad();
            cost.backward();
            adam.step();
            using var quiet = no_grad();
            g.clamp_(0, 1);
        }

        return problem.Costs(g).Total;
    }

    /// <summary>Ends a run once the cost is reached at full size.</summary>
    private sealed class Until(int size, double goal, CancellationTokenSource stop) : IProgress<StyleStep>
    {
        public void Report(StyleStep value)
        {
            value.Preview?.Dispose();
            if (value.Width == size && value.Costs.Total <= goal) stop.Cancel();
        }
    }
}
