using System.Diagnostics;
using FaceCourse.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets.Training;

/// <summary>How CourseNet is trained.</summary>
public sealed record CourseNetRecipe
{
    /// <summary>Side of the training squares, in pixels.</summary>
    public int Side { get; init; } = 112;

    /// <summary>Squares per step.</summary>
    public int Batch { get; init; } = 6;

    /// <summary>Steps of Adam after the least-squares fit.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Squares that units are chosen and layers are fitted on.</summary>
    public int FitSquares { get; init; } = 160;

    /// <summary>Adam's largest step length.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>How far the training is.</summary>
/// <param name="Words">What is being done.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all; 0 while layers are fitted.</param>
/// <param name="Loss">The mean over layers of the share of the teacher's energy that is missed.</param>
/// <param name="Elapsed">Time since the start.</param>
public sealed record CourseNetProgress(string Words, int Step, int Steps, double Loss, TimeSpan Elapsed);

/// <summary>Teaches CourseNet to see what VGG-19 (shallow layers) and SqueezeNet (deep layers) see: distillation.</summary>
/// <remarks>
/// Three parts. The units of each teacher's layer that say most about the others become the targets. Layer by layer,
/// least squares gives the convolution that comes nearest to them from the student's own layer below. Adam then tunes
/// all layers at once on fresh squares.
/// </remarks>
public static class CourseNetTraining
{
    private const int PlacesPerSquare = 120;

    /// <summary>Trains a network.</summary>
    /// <param name="vgg">The teacher of conv1_1 … conv3_4, with average pooling.</param>
    /// <param name="squeeze">The teacher of conv4_1 and conv5_1.</param>
    /// <param name="pictures">[3,H,W] each, RGB, values 0…1, on the CPU; every side at least 16 pixels.</param>
    /// <param name="recipe">How long and how; null takes the defaults, which made the network in models/.</param>
    /// <param name="progress">Told about each layer and each tenth step.</param>
    /// <param name="ct">Ends the tuning early and returns the weights so far; before it, an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The weights by name, float32; the caller disposes them.</returns>
    public static IReadOnlyDictionary<string, Tensor> Train(Vgg19 vgg, SqueezeNet squeeze, IReadOnlyList<Tensor> pictures, CourseNetRecipe? recipe = null, IProgress<CourseNetProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0) throw new ArgumentException("There are no pictures to train on.", nameof(pictures));
        recipe ??= new();
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        var crops = new RandomCrops(pictures, recipe.Side, recipe.Seed);
        var squares = crops.Next(recipe.FitSquares);
        var teacher = new Teacher(vgg, squeeze, squares);
        progress?.Report(new("units chosen", 0, 0, 1, clock.Elapsed));

        using var student = Fit(teacher, squares, recipe, progress, clock, ct);
        Tune(student, teacher, crops, recipe, progress, clock, ct);
        return student.named_parameters().ToDictionary(p => FileName(p.name), p => p.parameter.detach().cpu().clone().DetachFromDisposeScope());
    }

    /// <summary>The share of the teacher's energy that the student misses, by layer, on pictures it has not seen.</summary>
    public static IReadOnlyDictionary<string, double> Missed(CourseNet student, Vgg19 vgg, SqueezeNet squeeze, Tensor squares, Tensor unseen)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var targets = new Teacher(vgg, squeeze, squares).Targets(unseen);
        var answers = student.Activations(unseen, CourseNet.Plan.Select(p => p.Name).ToArray());
        return targets.ToDictionary(t => t.Key, t => Loss(answers[t.Key], t.Value).ToDouble());
    }

    private static Tensor Loss(Tensor answer, Tensor target) => (answer - target).square().mean() / target.square().mean().clamp_min(1e-6);

    // "conv1_1.0.weight", as modules nest, to "conv1_1.weight".
    private static string FileName(string parameter) => parameter.Replace(".0.", ".", StringComparison.Ordinal);

    private static CourseNet Fit(Teacher teacher, Tensor squares, CourseNetRecipe recipe, IProgress<CourseNetProgress>? progress, Stopwatch clock, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var places = new Generator((ulong)recipe.Seed);
        var weights = new Dictionary<string, Tensor>();
        Tensor Weight(string name, long[] shape) => weights.TryGetValue(name, out var w) ? w : zeros(shape);
        var targets = teacher.Targets(squares);
        foreach (var (name, channels, _) in CourseNet.Plan)
        {
            ct.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            using var soFar = CourseNet.FromWeights(Weight);
            var names = soFar.LayerNames.ToList();
            var before = names.IndexOf(name) - 1;
            var input = before < 0 ? soFar.Prepare(squares) : soFar.Activation(squares, names[before]);
            var (n, k, area) = (input.size(0), 9 * input.size(1), input.size(2) * input.size(3));

            // A random sample of places of every square: all of them would not fit in memory.
            var taken = Math.Min(area, PlacesPerSquare);
            var at = randperm(area, generator: places)[..(int)taken];
            var patches = nn.functional.unfold(input, 3, padding: 1).index_select(2, at).permute(0, 2, 1).reshape(-1, k);
            var target = targets[name].flatten(2).index_select(2, at).permute(0, 2, 1).reshape(n * taken, -1);
            var (weight, bias) = LayerFit.FitRelu(patches, target);
            var missed = Loss((patches.matmul(weight) + bias).relu(), target).ToDouble();
            weights[$"{name}.weight"] = weight.t().reshape(channels, -1, 3, 3).MoveToOuterDisposeScope();
            weights[$"{name}.bias"] = bias.MoveToOuterDisposeScope();
            progress?.Report(new($"{name} fitted by least squares", 0, 0, missed, clock.Elapsed));
        }

        return CourseNet.FromWeights(Weight);
    }

    private static void Tune(CourseNet student, Teacher teacher, RandomCrops crops, CourseNetRecipe recipe, IProgress<CourseNetProgress>? progress, Stopwatch clock, CancellationToken ct)
    {
        var parameters = student.parameters().ToArray();
        foreach (var parameter in parameters) parameter.requires_grad = true;
        using var adam = optim.Adam(parameters, recipe.LearningRate);
        var layers = CourseNet.Plan.Select(p => p.Name).ToArray();
        var smooth = double.NaN;
        for (var step = 0; step <= recipe.Steps; step++)
        {
            // The layers are fitted, so there is a network already; what is tuned so far is worth keeping.
            if (ct.IsCancellationRequested) break;
            using var scope = NewDisposeScope();
            foreach (var group in adam.ParamGroups) group.LearningRate = RateAt(step, recipe);
            var batch = crops.Next(recipe.Batch);
            var targets = teacher.Targets(batch);
            var answers = student.Activations(batch, layers);
            var loss = layers.Select(l => Loss(answers[l], targets[l])).Aggregate((a, b) => a + b) / layers.Length;
            if (step > 0)
            {
                adam.zero_grad();
                loss.backward();
                adam.step();
            }

            if (step % 10 != 0 && step != recipe.Steps) continue;
            var now = loss.ToDouble();
            smooth = double.IsNaN(smooth) ? now : 0.8 * smooth + 0.2 * now;
            progress?.Report(new("all layers tuned together", step, recipe.Steps, smooth, clock.Elapsed));
        }

        foreach (var parameter in parameters) parameter.requires_grad = false;
    }

    // The fitted weights are good already: Adam's first steps, whose lengths mean nothing yet, must not undo them.
    private static double RateAt(int step, CourseNetRecipe recipe) =>
        recipe.LearningRate * Math.Min(1, step / 50.0) * (0.5 + 0.5 * Math.Cos(Math.PI * step / (recipe.Steps + 1)));

    /// <summary>The teachers' chosen units, brought to one scale and to the student's grid.</summary>
    private sealed class Teacher
    {
        private readonly Vgg19 _vgg;
        private readonly SqueezeNet _squeeze;
        private readonly Dictionary<string, (Tensor Units, double Scale)> _chosen = [];

        public Teacher(Vgg19 vgg, SqueezeNet squeeze, Tensor squares)
        {
            (_vgg, _squeeze) = (vgg, squeeze);
            using var scope = NewDisposeScope();
            var parts = squares.split(16).Select(s => Activations(s).ToDictionary(a => a.Key, a => Sample(a.Value).clone())).ToArray();
            foreach (var (name, channels, layer) in CourseNet.Plan)
            {
                using var inner = NewDisposeScope();
                var samples = cat(parts.Select(p => p[layer]).ToArray(), 0);
                var units = tensor(LayerFit.MostTelling(samples, channels));
                var scale = 1 / samples.index_select(1, units).square().mean().sqrt().ToDouble();
                _chosen[name] = (units.DetachFromDisposeScope(), scale);
            }
        }

        /// <summary>[N,units,h,w] by the student's layer name.</summary>
        public Dictionary<string, Tensor> Targets(Tensor rgb)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var found = new Dictionary<string, Tensor>();
            foreach (var part in rgb.split(16))
            {
                var a = Activations(part);
                foreach (var (name, _, layer) in CourseNet.Plan)
                {
                    var (units, scale) = _chosen[name];
                    var grid = (int)(rgb.size(2) >> (name[4] - '1'));
                    var target = a[layer].index_select(1, units) * scale;
                    if (target.size(2) != grid) target = Resample.Bilinear(target, grid, grid);
                    found[name] = found.TryGetValue(name, out var earlier) ? cat([earlier, target], 0) : target;
                }
            }

            foreach (var target in found.Values) target.MoveToOuterDisposeScope();
            return found;
        }

        private Dictionary<string, Tensor> Activations(Tensor rgb)
        {
            using var quiet = no_grad();
            string[] Of(ConvNet net) => [.. CourseNet.Plan.Select(p => p.Teacher).Where(net.LayerNames.Contains)];
            return _vgg.Activations(rgb, Of(_vgg)).Concat(_squeeze.Activations(rgb, Of(_squeeze))).ToDictionary();
        }

        private static Tensor Sample(Tensor a) => a[.., .., TensorIndex.Slice(1, null, 3), TensorIndex.Slice(1, null, 3)].permute(0, 2, 3, 1).reshape(-1, a.size(1));
    }
}
