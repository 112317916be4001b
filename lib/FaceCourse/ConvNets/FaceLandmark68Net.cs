using FaceCourse.Assets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>Finds 68 points on a face (jaw, brows, nose, eyes, mouth): a small densely connected network, weights from the
/// npm package @vladmandic/face-api.</summary>
/// <remarks>Input [N,3,112,112], RGB, 0…1; output [N,68,2], x and y in shares of the input's side.</remarks>
public sealed class FaceLandmark68Net : Module<Tensor, Tensor>
{
    /// <summary>The asset the weights come from.</summary>
    public const string Manifest = "face-api/model/face_landmark_68_model-weights_manifest.json";

    /// <summary>Side of the input in pixels.</summary>
    public const int InputSize = 112;

    private readonly Tensor _mean;
    private readonly ModuleList<Module<Tensor, Tensor>> _blocks;
    private readonly Linear _fc;

    /// <summary>Builds the network from its weights.</summary>
    /// <exception cref="WeightsException">A weight is missing or has another shape.</exception>
    public FaceLandmark68Net(IReadOnlyDictionary<string, Tensor> weights)
        : base(nameof(FaceLandmark68Net))
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var from = new WeightTable(weights, "the landmark weights");
        _mean = Convolution.FaceMean().DetachFromDisposeScope();
        _blocks = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, 4).Select(i => new DenseBlock(from, $"dense{i}", first: i == 0))]);
        _fc = Linear(256, 136);
        _fc.weight!.copy_(from.Get("fc/weights", 256, 136).t());
        _fc.bias!.copy_(from.Get("fc/bias", 136));
        RegisterComponents();
        foreach (var parameter in this.parameters()) parameter.requires_grad = false;
        eval();
    }

    /// <summary>Loads the weights from the asset store, to the course's device.</summary>
    public static FaceLandmark68Net Load(AssetStore? store = null) => WeightTable.Use(TfjsWeights.FromAssets(Manifest, store), w => new FaceLandmark68Net(w)).to(Tensors.TorchRuntime.Device);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input.sub(_mean.to(input.device));
        foreach (var block in _blocks) x = block.forward(x);
        x = functional.avg_pool2d(x, 7, 2).flatten(1);
        return _fc.forward(x).view(-1, 68, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Four convolutions, each fed with the sum of all before it.</summary>
    private sealed class DenseBlock : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _conv0;
        private readonly ModuleList<Module<Tensor, Tensor>> _rest;

        public DenseBlock(WeightTable from, string name, bool first)
            : base(name)
        {
            _conv0 = first
                ? new SamePadded(Convolution.FromHwio(from.Get($"{name}/conv0/filters"), from.Get($"{name}/conv0/bias"), 2))
                : Separable(from, $"{name}/conv0", 2);
            _rest = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(1, 3).Select(i => Separable(from, $"{name}/conv{i}", 1))]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var sum = functional.relu(_conv0.forward(input));
            var x = sum;
            foreach (var conv in _rest)
            {
                sum = sum.add(conv.forward(x));
                x = functional.relu(sum);
            }

            return x.MoveToOuterDisposeScope();
        }

        private static Sequential Separable(WeightTable from, string name, int stride)
        {
            var depthwise = from.Get($"{name}/depthwise_filter");
            return Sequential(
                new SamePadded(Convolution.Depthwise(depthwise, zeros(depthwise.shape[2]), stride)),
                Convolution.FromHwio(from.Get($"{name}/pointwise_filter"), from.Get($"{name}/bias")));
        }
    }
}
