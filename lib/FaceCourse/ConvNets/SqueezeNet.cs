using System.Text.RegularExpressions;
using FaceCourse.Assets;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>SqueezeNet 1.1 (Iandola et al., 2016), trained on ImageNet: 1000 classes in 2.5 MB of float16 weights.</summary>
/// <remarks>
/// Layers: <c>conv1</c>, <c>pool1</c>, then <c>fire2</c> … <c>fire9</c> with the poolings <c>pool3</c> and <c>pool5</c>
/// between them, then <c>conv10</c>, one feature map per class. The narrow layer inside a fire module is named
/// <c>fire2/squeeze</c>.
/// </remarks>
public sealed class SqueezeNet : ConvNet
{
    private readonly string[] _labels;

    private SqueezeNet(IReadOnlyList<NamedLayer> layers, string[] labels)
        : base("SqueezeNet", [123.68f / 255, 116.779f / 255, 103.939f / 255], 255, bgr: true, layers) => _labels = labels;

    /// <summary>What the 1000 maps of <c>conv10</c> stand for; the first word is WordNet's id.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Loads the network from the course's assets.</summary>
    /// <exception cref="AssetException">The weights are not on this machine and cannot be fetched.</exception>
    public static SqueezeNet Load() =>
        Load(AssetStore.Default.Get("convnet/SqueezeNet_fp16.onnx"), AssetStore.Default.Get("convnet/synset_words.txt"));

    /// <summary>Loads the network in the shape it paints best in: it looks at every pixel, and pools by averages.</summary>
    /// <remarks>
    /// As trained, conv1 skips every other pixel and each pooling keeps one value of nine, so that most pixels get little
    /// or no gradient and the painting stays grainy. With the same weights but a stride of 1 in conv1 and average pooling
    /// (as Gatys et al. advise), the style cost falls several times lower by the judgement of VGG-19. It classifies badly.
    /// </remarks>
    /// <exception cref="AssetException">The weights are not on this machine and cannot be fetched.</exception>
    public static SqueezeNet LoadForPainting() =>
        Load(AssetStore.Default.Get("convnet/SqueezeNet_fp16.onnx"), AssetStore.Default.Get("convnet/synset_words.txt"), forPainting: true);

    /// <summary>Loads the network from files.</summary>
    /// <param name="onnxPath">SqueezeNet 1.1 as ONNX, with its initialisers.</param>
    /// <param name="labelsPath">A text file with one class per line, or null for numbered classes.</param>
    /// <param name="forPainting">As <see cref="LoadForPainting"/>.</param>
    /// <exception cref="WeightsException">The file is damaged, or of another network.</exception>
    public static SqueezeNet Load(string onnxPath, string? labelsPath, bool forPainting = false)
    {
        var (stride, pooling) = forPainting ? (1, Pooling.Average) : (2, Pooling.Max);
        using var scope = NewDisposeScope();
        var weights = OnnxWeights.Read(onnxPath);
        Tensor Get(string name, params long[] shape) =>
            weights.TryGetValue(name, out var w) && w.shape.SequenceEqual(shape) ? w
            : throw new WeightsException($"{onnxPath} is not SqueezeNet 1.1: the weight \"{name}\" of shape [{string.Join(",", shape)}] is missing.");

        List<NamedLayer> layers = [Blocks.ConvRelu("conv1", Get("conv1_w_0", 64, 3, 3, 3), Get("conv1_b_0", 64), stride), Pool("pool1", 64, pooling)];
        var channels = 64;
        foreach (var (fire, squeeze, expand) in new[] { (2, 16, 64), (3, 16, 64), (4, 32, 128), (5, 32, 128), (6, 48, 192), (7, 48, 192), (8, 64, 256), (9, 64, 256) })
        {
            var name = $"fire{fire}";
            layers.Add(Blocks.ConvRelu($"{name}/squeeze", Get($"{name}/squeeze1x1_w_0", squeeze, channels, 1, 1), Get($"{name}/squeeze1x1_b_0", squeeze)));
            channels = 2 * expand;
            layers.Add(new(name, channels, new(3, 1, 1), new Expand(
                Blocks.Conv(Get($"{name}/expand1x1_w_0", expand, squeeze, 1, 1), Get($"{name}/expand1x1_b_0", expand)),
                Blocks.Conv(Get($"{name}/expand3x3_w_0", expand, squeeze, 3, 3), Get($"{name}/expand3x3_b_0", expand), padding: 1))));
            if (fire is 3 or 5) layers.Add(Pool($"pool{fire}", channels, pooling));
        }

        layers.Add(Blocks.ConvRelu("conv10", Get("conv10_w_0", 1000, 512, 1, 1), Get("conv10_b_0", 1000)));
        var labels = labelsPath is null ? [] : File.ReadAllLines(labelsPath);
        return new(layers, labels.Length == 1000 ? labels : [.. Enumerable.Range(0, 1000).Select(i => $"class {i}")]);
    }

    /// <summary>The probability of each class: softmax of the mean of each map of <c>conv10</c>.</summary>
    /// <param name="rgb">RGB pictures, [3,H,W] or [N,3,H,W], values 0…1; trained at 227×227.</param>
    /// <returns>[N,1000], each row summing to 1.</returns>
    public Tensor Scores(Tensor rgb) => nn.functional.softmax(Activation(rgb, "conv10").to(float32).mean([2, 3]), 1);

    /// <summary>The most probable classes of one picture, best first.</summary>
    /// <param name="rgb">An RGB picture, [3,H,W], values 0…1.</param>
    /// <param name="count">How many classes.</param>
    public IReadOnlyList<ClassScore> Classify(Tensor rgb, int count = 5)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (values, indices) = Scores(rgb)[0].topk(count);
        var (scores, classes) = (values.cpu().data<float>().ToArray(), indices.cpu().data<long>().ToArray());
        return [.. classes.Zip(scores, (c, s) => new ClassScore((int)c, _labels[c], s))];
    }

    /// <summary>The classes, units of <c>conv10</c>, that a word names: "cat" finds "tabby, tabby cat" and not "catamaran".</summary>
    /// <param name="word">A word or several, in English, as in the labels; capitals do not matter.</param>
    /// <returns>Class numbers 0…999; empty when no label has the word.</returns>
    public IReadOnlyList<int> ClassesNamed(string word)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(word);
        var whole = new Regex($@"\b{Regex.Escape(word.Trim())}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        // WordNet's id stands before the names.
        return [.. Enumerable.Range(0, _labels.Length).Where(i => whole.IsMatch(_labels[i][(_labels[i].IndexOf(' ', StringComparison.Ordinal) + 1)..]))];
    }

    private static NamedLayer Pool(string name, int channels, Pooling pooling) => Blocks.Pool(name, channels, pooling, 3, 2);

    /// <summary>The wide half of a fire module: 1×1 and 3×3 convolutions of the same input, side by side.</summary>
    private sealed class Expand : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _one;
        private readonly nn.Module<Tensor, Tensor> _three;

        public Expand(nn.Module<Tensor, Tensor> one, nn.Module<Tensor, Tensor> three) : base("expand")
        {
            (_one, _three) = (one, three);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => cat([_one.call(input), _three.call(input)], 1).relu_();
    }
}

/// <summary>A class and its probability.</summary>
/// <param name="Index">The class's number, 0…999.</param>
/// <param name="Label">Its names, after WordNet's id.</param>
/// <param name="Score">Its probability.</param>
public sealed record ClassScore(int Index, string Label, float Score);
