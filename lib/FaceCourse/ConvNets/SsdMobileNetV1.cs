using FaceCourse.Assets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>
/// A single-shot face detector on MobileNet v1: one pass over a 512×512 picture scores 5118 prior boxes and moves them to
/// the faces. Weights from the npm package @vladmandic/face-api (trained on WIDER FACE).
/// </summary>
/// <remarks>Input [N,3,512,512], RGB, 0…1. The batch normalisation of the depthwise convolutions is folded into them.</remarks>
public sealed class SsdMobileNetV1 : Module<Tensor, (Tensor Boxes, Tensor Scores)>
{
    /// <summary>The asset the weights come from.</summary>
    public const string Manifest = "face-api/model/ssd_mobilenetv1_model-weights_manifest.json";

    /// <summary>Side of the input in pixels.</summary>
    public const int InputSize = 512;

    private const double Epsilon = 0.0010000000474974513;
    private const int TapForSmallFaces = 11;

    private readonly ModuleList<Module<Tensor, Tensor>> _body;
    private readonly ModuleList<Module<Tensor, Tensor>> _extra;
    private readonly ModuleList<Conv2d> _boxes;
    private readonly ModuleList<Conv2d> _classes;
    private readonly Tensor _priors;

    /// <summary>Builds the network from its weights.</summary>
    /// <exception cref="WeightsException">A weight is missing or has another shape.</exception>
    public SsdMobileNetV1(IReadOnlyDictionary<string, Tensor> weights)
        : base(nameof(SsdMobileNetV1))
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var from = new WeightTable(weights, "the face detector weights");

        _body = ModuleList<Module<Tensor, Tensor>>([Pointwise(from, "MobilenetV1", 0, 2),
            .. Enumerable.Range(1, 13).Select(i => Sequential(Depthwise(from, i), Pointwise(from, "MobilenetV1", i, 1)))]);
        _extra = ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, 8).Select(i => Pointwise(from, "Prediction", i, 1 + (i % 2)))]);
        _boxes = ModuleList<Conv2d>([.. Enumerable.Range(0, 6).Select(i => Predictor(from, i, "BoxEncodingPredictor"))]);
        _classes = ModuleList<Conv2d>([.. Enumerable.Range(0, 6).Select(i => Predictor(from, i, "ClassPredictor"))]);
        _priors = from.Get("Output/extra_dim", 1, 5118, 4).squeeze(0).clone().DetachFromDisposeScope();
        RegisterComponents();
        foreach (var parameter in this.parameters()) parameter.requires_grad = false;
        eval();
    }

    /// <summary>Loads the weights from the asset store, to the course's device.</summary>
    public static SsdMobileNetV1 Load(AssetStore? store = null) => WeightTable.Use(TfjsWeights.FromAssets(Manifest, store), w => new SsdMobileNetV1(w)).to(Tensors.TorchRuntime.Device);

    /// <summary>Scores all boxes.</summary>
    /// <returns>Boxes [N,5118,4] as top, left, bottom, right in shares of the input's side, and scores [N,5118] from 0 to 1.</returns>
    public override (Tensor Boxes, Tensor Scores) forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Convolution.ChannelsLast(input.mul(2).sub_(1));
        List<Tensor> maps = [];
        for (var i = 0; i < _body.Count; i++)
        {
            x = _body[i].forward(x);
            if (i == TapForSmallFaces) maps.Add(x); // the eleventh pair, at 1/16 of the input
        }

        maps.Add(x);
        for (var i = 0; i < _extra.Count; i++)
        {
            x = _extra[i].forward(x);
            if (i % 2 == 1) maps.Add(x);
        }

        var n = input.shape[0];
        var moves = cat([.. maps.Select((m, i) => _boxes[i].forward(m).permute(0, 2, 3, 1).reshape(n, -1, 4))], 1);
        var classes = cat([.. maps.Select((m, i) => _classes[i].forward(m).permute(0, 2, 3, 1).reshape(n, -1, 3))], 1);
        return (Decode(moves).MoveToOuterDisposeScope(), classes.select(2, 1).sigmoid().MoveToOuterDisposeScope());
    }

    // A prior box is moved by shares of its own size (÷10) and stretched by an exponential (÷5).
    private Tensor Decode(Tensor moves)
    {
        var size = _priors.slice(1, 2, 4, 1).sub(_priors.slice(1, 0, 2, 1));
        var centre = _priors.slice(1, 0, 2, 1).add(size.div(2));
        var half = moves.slice(2, 2, 4, 1).div(5).exp().mul(size).div(2);
        var middle = moves.slice(2, 0, 2, 1).div(10).mul(size).add(centre);
        return cat([middle.sub(half), middle.add(half)], 2);
    }

    private static Sequential Pointwise(WeightTable from, string part, int index, int stride)
    {
        var name = $"{part}/Conv2d_{index}_pointwise";
        return Sequential(new SamePadded(Convolution.FromHwio(from.Get($"{name}/weights"), from.Get($"{name}/convolution_bn_offset"), stride)), ReLU6());
    }

    private static Sequential Depthwise(WeightTable from, int index)
    {
        var name = $"MobilenetV1/Conv2d_{index}_depthwise";
        Tensor Norm(string which) => from.Get($"{name}/BatchNorm/{which}");
        var scale = Norm("gamma").div(Norm("moving_variance").add(Epsilon).sqrt());
        var shift = Norm("beta").sub(Norm("moving_mean").mul(scale));
        var kernel = from.Get($"{name}/depthwise_weights").mul(scale.view(1, 1, -1, 1));
        return Sequential(new SamePadded(Convolution.Depthwise(kernel, shift, index is 2 or 4 or 6 or 12 ? 2 : 1)), ReLU6());
    }

    private static Conv2d Predictor(WeightTable from, int index, string what)
    {
        var name = $"Prediction/BoxPredictor_{index}/{what}";
        return Convolution.FromHwio(from.Get($"{name}/weights"), from.Get($"{name}/biases"));
    }
}
