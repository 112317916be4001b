using FaceCourse.Assets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>
/// MobileFaceNet (Chen et al. 2018, arXiv 1804.07573): a face encoder of one million weights, made for telephones; trained with
/// an angular margin, so that the direction of the 128 numbers counts and not their length. Weights by foamliu
/// (Apache-2.0), trained on MS-Celeb-1M, a data set its publisher has withdrawn.
/// </summary>
/// <remarks>
/// Input [N,3,112,112], RGB, 0…1, eyes, nose and mouth at fixed places; output [N,128], not normalised. The file's normalisations are
/// folded into its convolutions already. Inverted residual blocks: widen by 1×1, look around by 3×3 per channel, narrow by 1×1.
/// </remarks>
public sealed class MobileFaceNet : Module<Tensor, Tensor>
{
    /// <summary>The asset the weights come from.</summary>
    public const string Asset = "face/mobilefacenet_foamliu.onnx";

    /// <summary>Side of the input in pixels.</summary>
    public const int InputSize = 112;

    /// <summary>How many times the channels are widened, channels out, how many blocks, stride of the first (Table 1 of the paper).</summary>
    private static readonly (int Widen, int Channels, int Blocks, int Stride)[] Stages =
        [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)];

    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    private readonly Tensor _mean;
    private readonly Tensor _deviation;
    private readonly Sequential _layers;

    /// <summary>Builds the network from its weights.</summary>
    /// <param name="weights">As <see cref="OnnxWeights"/> reads them from the ONNX file.</param>
    /// <exception cref="WeightsException">A weight is missing or has another shape.</exception>
    public MobileFaceNet(IReadOnlyDictionary<string, Tensor> weights)
        : base(nameof(MobileFaceNet))
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var from = new Convolutions(new WeightTable(weights, "the MobileFaceNet weights"));
        _mean = tensor(ImageNetMean).view(1, 3, 1, 1).DetachFromDisposeScope();
        _deviation = tensor(ImageNetDeviation).view(1, 3, 1, 1).DetachFromDisposeScope();

        List<Module<Tensor, Tensor>> layers = [from.Next(3, 64, 3, 2), ReLU6(), from.Next(64, 64, 3, 1, groups: 64), ReLU(), from.Next(64, 64, 1), ReLU()];
        var channels = 64;
        foreach (var (widen, output, blocks, stride) in Stages)
        {
            for (var i = 0; i < blocks; i++)
            {
                layers.Add(new Block(from, channels, widen * channels, output, i == 0 ? stride : 1));
                channels = output;
            }
        }

        // A 7×7 kernel over the last 7×7 map, one per channel: not every place in a face counts the same.
        layers.AddRange([from.Next(128, 512, 1), ReLU6(), from.Next(512, 512, 7, groups: 512, padding: 0), from.Next(512, 128, 1), Flatten()]);
        _layers = Sequential(layers);
        RegisterComponents();
        foreach (var parameter in this.parameters()) parameter.requires_grad = false;
        eval();
    }

    /// <summary>Loads the weights from the asset store, to the course's device.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static MobileFaceNet Load(AssetStore? store = null) =>
        WeightTable.Use(OnnxWeights.Read((store ?? AssetStore.Default).Get(Asset)), w => new MobileFaceNet(w)).to(Tensors.TorchRuntime.Device);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _layers.forward(Convolution.ChannelsLast(input.sub(_mean.to(input.device)).div_(_deviation.to(input.device)))).MoveToOuterDisposeScope();
    }

    /// <summary>The file's convolutions one after the other; the exporter numbered them 529, 532, 535, …, each with its bias behind it.</summary>
    private sealed class Convolutions(WeightTable from)
    {
        private int _number = 529;

        public Conv2d Next(int input, int output, int size, int stride = 1, int groups = 1, int? padding = null)
        {
            var convolution = Conv2d(input, output, size, stride: stride, padding: padding ?? size / 2, groups: groups);
            convolution.weight = new Parameter(Convolution.ChannelsLast(from.Get($"onnx::Conv_{_number}", output, input / groups, size, size)), requires_grad: false);
            convolution.bias!.copy_(from.Get($"onnx::Conv_{_number + 1}", output));
            _number += 3;
            return convolution;
        }
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Sequential _path;
        private readonly bool _shortcut;

        public Block(Convolutions from, int input, int wide, int output, int stride)
            : base(nameof(Block))
        {
            _shortcut = stride == 1 && input == output;
            _path = Sequential(from.Next(input, wide, 1), ReLU6(), from.Next(wide, wide, 3, stride, wide), ReLU6(), from.Next(wide, output, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = _path.forward(input);
            return (_shortcut ? x.add_(input) : x).MoveToOuterDisposeScope();
        }
    }
}
