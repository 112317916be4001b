using FaceCourse.Assets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>
/// dlib's face recognition network: a residual network with 29 convolutions that maps an aligned face to 128 numbers, such
/// that photos of one person lie within about 0.6 of each other. Davis King, 2017; weights in the public domain, here
/// from the npm package @vladmandic/face-api.
/// </summary>
/// <remarks>Input [N,3,150,150], RGB, 0…1; output [N,128]. The affine scale after each convolution is folded into it.</remarks>
public sealed class FaceResNet : Module<Tensor, Tensor>
{
    /// <summary>The asset the weights come from.</summary>
    public const string Manifest = "face-api/model/face_recognition_model-weights_manifest.json";

    /// <summary>Side of the input in pixels.</summary>
    public const int InputSize = 150;

    private static readonly (string Name, bool Down)[] Blocks =
    [
        ("conv32_1", false), ("conv32_2", false), ("conv32_3", false),
        ("conv64_down", true), ("conv64_1", false), ("conv64_2", false), ("conv64_3", false),
        ("conv128_down", true), ("conv128_1", false), ("conv128_2", false),
        ("conv256_down", true), ("conv256_1", false), ("conv256_2", false), ("conv256_down_out", true),
    ];

    // The mean of the training pixels, subtracted before the first convolution.
    private readonly Tensor _mean;
    private readonly Conv2d _first;
    private readonly ModuleList<Module<Tensor, Tensor>> _blocks;
    private readonly Linear _fc;

    /// <summary>Builds the network from its weights.</summary>
    /// <param name="weights">By their tfjs names: <c>conv32_1/conv1/conv/filters</c> and so on.</param>
    /// <exception cref="WeightsException">A weight is missing or has another shape.</exception>
    public FaceResNet(IReadOnlyDictionary<string, Tensor> weights)
        : base(nameof(FaceResNet))
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var from = new WeightTable(weights, "the face recognition weights");
        _mean = Convolution.FaceMean().DetachFromDisposeScope();
        _first = Folded(from, "conv32_down", stride: 2, padding: 0);
        _blocks = ModuleList<Module<Tensor, Tensor>>([.. Blocks.Select(b => new Block(from, b.Name, b.Down))]);
        var fc = from.Get("fc", 256, 128);
        _fc = Linear(256, 128, hasBias: false);
        _fc.weight!.copy_(fc.t());
        RegisterComponents();
        foreach (var parameter in this.parameters()) parameter.requires_grad = false;
        eval();
    }

    /// <summary>Loads the weights from the asset store, to the course's device.</summary>
    public static FaceResNet Load(AssetStore? store = null) => WeightTable.Use(TfjsWeights.FromAssets(Manifest, store), w => new FaceResNet(w)).to(Tensors.TorchRuntime.Device);

    /// <summary>
    /// The same network as a list of named layers, to look into: <c>conv32_down</c>, <c>pool1</c>, then one layer for each residual
    /// block, <c>conv32_1</c> … <c>conv256_down_out</c>. The mean over the last layer's maps times a matrix is the encoding.
    /// </summary>
    /// <remarks>Pictures go in as into every <see cref="ConvNet"/>, of any size; the network knows faces of 150×150 pixels.</remarks>
    /// <exception cref="AssetException">The weights are not on this machine and cannot be fetched.</exception>
    public static ConvNet LoadAsConvNet(AssetStore? store = null)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return WeightTable.Use(TfjsWeights.FromAssets(Manifest, store), weights =>
        {
            var from = new WeightTable(weights, "the face recognition weights");
            List<NamedLayer> layers =
            [
                new("conv32_down", 32, new(7, 2, 0), Sequential(Folded(from, "conv32_down", stride: 2, padding: 0), ReLU(inplace: true))),
                ConvNets.Blocks.Pool("pool1", 32, Pooling.Max, 3, 2),
            ];
            foreach (var (name, down) in Blocks)
            {
                var block = new Block(from, name, down);
                layers.Add(new(name, block.Channels, block.Window, block));
            }

            return new ConvNet(nameof(FaceResNet), Convolution.FaceMean().flatten().data<float>().ToArray(), 1, bgr: false, layers);
        });
    }

    /// <summary>
    /// Keeps the weights of the convolutions as bfloat16, half the bytes; CPUs with AVX-512 BF16 and GPUs are about twice as quick
    /// with them. An encoding's numbers move by less than 1e-2 (0.003 measured).
    /// </summary>
    public FaceResNet InBFloat16()
    {
        this.to(bfloat16);
        _fc.to(float32);
        return this;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Convolution.ChannelsLast(input.sub(_mean.to(input.device))).to(_first.weight.dtype);
        x = _first.forward(x).relu_();
        x = functional.max_pool2d(x, 3, 2);
        foreach (var block in _blocks) x = block.forward(x);
        return _fc.forward(x.to(float32).mean([2, 3])).MoveToOuterDisposeScope();
    }

    // scale·(conv(x) + bias) + shift, as one convolution.
    private static Conv2d Folded(WeightTable from, string name, int stride, int padding)
    {
        var kernel = from.Get($"{name}/conv/filters");
        var (bias, scale, shift) = (from.Get($"{name}/conv/bias"), from.Get($"{name}/scale/weights"), from.Get($"{name}/scale/biases"));
        return Convolution.FromHwio(kernel.mul(scale), bias.mul(scale).add(shift), stride, padding);
    }

    /// <summary>Two convolutions and a shortcut; "down" halves the size and may double the channels.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d _conv1;
        private readonly Conv2d _conv2;
        private readonly bool _down;

        public Block(WeightTable from, string name, bool down)
            : base(name)
        {
            _down = down;
            _conv1 = Folded(from, $"{name}/conv1", down ? 2 : 1, down ? 0 : 1);
            _conv2 = Folded(from, $"{name}/conv2", 1, 1);
            RegisterComponents();
        }

        public int Channels => (int)_conv2.weight.shape[0];

        /// <summary>What a unit sees through the two convolutions; the shortcut's pixels lie inside.</summary>
        public Window Window => new Window(3, _down ? 2 : 1, _down ? 0 : 1).Then(new(3, 1, 1));

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = _conv2.forward(_conv1.forward(input).relu_());
            var shortcut = _down ? functional.avg_pool2d(input, 2, 2) : input;

            // Without padding a stride of 2 can end one row short of the pooled shortcut; and the shortcut has no
            // numbers for channels that are new. Both are filled with zeros.
            if (shortcut.shape[2] != x.shape[2]) x = functional.pad(x, [0, shortcut.shape[3] - x.shape[3], 0, shortcut.shape[2] - x.shape[2]]);
            if (shortcut.shape[1] != x.shape[1]) shortcut = functional.pad(shortcut, [0, 0, 0, 0, 0, x.shape[1] - shortcut.shape[1]]);
            return x.add_(shortcut).relu_().MoveToOuterDisposeScope();
        }
    }
}
