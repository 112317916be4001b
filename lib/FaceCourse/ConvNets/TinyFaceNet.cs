using FaceCourse.Assets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>
/// The small face detector of @vladmandic/face-api: a Tiny YOLO v2 of separable convolutions, 190 kB, that looks at the photo
/// once on a grid of cells. Fast, and blinder to small and turned faces than <see cref="SsdMobileNetV1"/>.
/// </summary>
/// <remarks>Input [N,3,S,S], RGB, 0…1, S a multiple of 32 (more pixels find smaller faces, and take longer).</remarks>
public sealed class TinyFaceNet : Module<Tensor, (Tensor Boxes, Tensor Scores)>
{
    /// <summary>The asset the weights come from.</summary>
    public const string Manifest = "face-api/model/tiny_face_detector_model-weights_manifest.json";

    /// <summary>Side of the input that the package uses.</summary>
    public const int UsualInputSize = 416;

    private const int Anchors = 5;
    private static readonly float[] MeanRgb = [117.001f, 114.697f, 97.404f];

    /// <summary>Width and height of the five usual faces, in cells.</summary>
    private static readonly float[] AnchorSizes = [1.603231f, 2.094468f, 6.041143f, 7.080126f, 2.882459f, 3.518061f, 4.266906f, 5.178857f, 9.041765f, 10.66308f];

    private readonly Tensor _mean;
    private readonly Tensor _anchors;
    private readonly Conv2d _first;
    private readonly ModuleList<Module<Tensor, Tensor>> _separable;
    private readonly Conv2d _last;

    /// <summary>Builds the network from its weights.</summary>
    /// <exception cref="WeightsException">A weight is missing or has another shape.</exception>
    public TinyFaceNet(IReadOnlyDictionary<string, Tensor> weights)
        : base(nameof(TinyFaceNet))
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var from = new WeightTable(weights, "the tiny detector's weights");
        _mean = tensor(MeanRgb).div(255).view(1, 3, 1, 1).DetachFromDisposeScope();
        _anchors = tensor(AnchorSizes, [Anchors, 2]).DetachFromDisposeScope();
        _first = Convolution.FromHwio(from.Get("conv0/filters", 3, 3, 3, 16), from.Get("conv0/bias", 16));
        _separable = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(1, 5).Select(i => Separable(from, $"conv{i}"))]);
        _last = Convolution.FromHwio(from.Get("conv8/filters", 1, 1, 512, 5 * Anchors), from.Get("conv8/bias", 5 * Anchors));
        RegisterComponents();
        foreach (var parameter in this.parameters()) parameter.requires_grad = false;
        eval();
    }

    /// <summary>Loads the weights from the asset store, to the course's device.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static TinyFaceNet Load(AssetStore? store = null) => WeightTable.Use(TfjsWeights.FromAssets(Manifest, store), w => new TinyFaceNet(w)).to(Tensors.TorchRuntime.Device);

    /// <summary>Scores five boxes in each cell.</summary>
    /// <returns>Boxes [N,B,4] as top, left, bottom, right in shares of the input's side, and scores [N,B] from 0 to 1.</returns>
    public override (Tensor Boxes, Tensor Scores) forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Leaky(_first.forward(input.sub(_mean.to(input.device))));
        foreach (var convolution in _separable) x = Leaky(convolution.forward(functional.max_pool2d(x, 2, 2, ceil_mode: true)));

        // One more pooling, which keeps the size: the last row and column look at themselves.
        x = functional.max_pool2d(functional.pad(x, [0, 1, 0, 1], PaddingModes.Constant, double.NegativeInfinity), 2, 1);
        x = _last.forward(x);

        var (n, cells) = (x.shape[0], x.shape[2]);
        x = x.permute(0, 2, 3, 1).reshape(n, cells * cells * Anchors, 5);
        var at = arange(cells, dtype: float32, device: x.device);
        var corner = stack([at.view(1, -1).expand(cells, cells), at.view(-1, 1).expand(cells, cells)], 2).reshape(-1, 1, 2).expand(-1, Anchors, 2).reshape(1, -1, 2);
        var size = x.slice(2, 2, 4, 1).exp().mul(_anchors.to(x.device).repeat(cells * cells, 1)).div(cells);
        var middle = x.slice(2, 0, 2, 1).sigmoid().add(corner).div(cells);
        var (low, high) = (middle.sub(size.div(2)), middle.add(size.div(2)));
        var boxes = cat([low.flip(2), high.flip(2)], 2);
        return (boxes.MoveToOuterDisposeScope(), x.select(2, 4).sigmoid().MoveToOuterDisposeScope());
    }

    private static Tensor Leaky(Tensor x) => functional.leaky_relu(x, 0.1);

    private static Sequential Separable(WeightTable from, string name)
    {
        var depthwise = from.Get($"{name}/depthwise_filter");
        var padded = Convolution.Depthwise(depthwise, zeros(depthwise.shape[2]), padding: 1);
        return Sequential(padded, Convolution.FromHwio(from.Get($"{name}/pointwise_filter"), from.Get($"{name}/bias")));
    }
}
