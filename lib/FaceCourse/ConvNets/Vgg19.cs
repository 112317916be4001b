using System.Globalization;
using FaceCourse.Assets;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>VGG-19 (Simonyan and Zisserman, 2015), the network of Gatys et al.'s style transfer, as deep as its weights go.</summary>
/// <remarks>
/// Layers <c>conv1_1</c>, <c>conv1_2</c>, <c>pool1</c>, … The course's assets hold conv1_1 to conv3_4. A folder that has
/// the later shards too (<c>group9-shard1of2</c> and on, from the repository the catalogue names) loads up to conv5_4.
/// </remarks>
public sealed class Vgg19 : ConvNet
{
    private static readonly (int Block, int Convs, int Channels)[] Plan = [(1, 2, 64), (2, 2, 128), (3, 4, 256), (4, 4, 512), (5, 4, 512)];

    private Vgg19(IReadOnlyList<NamedLayer> layers)
        : base("VGG-19", [123.68f / 255, 116.779f / 255, 103.939f / 255], 255, bgr: true, layers) { }

    /// <summary>Loads conv1_1 to conv3_4 from the course's assets.</summary>
    /// <param name="pooling">Average, as Gatys et al. recommend for painting, or max, as trained.</param>
    /// <exception cref="AssetException">The weights are not on this machine and cannot be fetched.</exception>
    public static Vgg19 Load(Pooling pooling = Pooling.Average) => Load(AssetStore.Default.GetFolder("convnet/vgg19_tfjs"), pooling);

    /// <summary>Loads as many layers as a folder has shards for.</summary>
    /// <param name="folder">Holds <c>groupN-shardIofK</c>: float32, each layer's HWIO kernel then its bias.</param>
    /// <param name="pooling">Average, as Gatys et al. recommend for painting, or max, as trained.</param>
    /// <exception cref="WeightsException">There is no first shard, or a shard is damaged.</exception>
    public static Vgg19 Load(string folder, Pooling pooling)
    {
        using var scope = NewDisposeScope();
        List<NamedLayer> layers = [];
        var (group, channels) = (0, 3);
        foreach (var (block, convs, width) in Plan)
        {
            for (var conv = 1; conv <= convs; conv++)
            {
                if (Group(folder, ++group, channels, width) is not var (kernel, bias)) return Done();
                if (conv == 1 && block > 1) layers.Add(Blocks.Pool($"pool{block - 1}", channels, pooling, 2, 2));
                layers.Add(Blocks.ConvRelu($"conv{block}_{conv}", kernel, bias, padding: 1));
                channels = width;
            }
        }

        return Done();

        Vgg19 Done() => layers.Count > 0 ? new(layers)
            : throw new WeightsException($"{folder} holds no VGG-19 weights: there is no file group1-shard1of1.");
    }

    private static (Tensor Kernel, Tensor Bias)? Group(string folder, int group, int input, int output)
    {
        if (!Directory.Exists(folder)) throw new WeightsException($"The folder {folder} with VGG-19's weights does not exist.");
        var shards = Directory.GetFiles(folder, string.Create(CultureInfo.InvariantCulture, $"group{group}-shard*of*")).Order(StringComparer.Ordinal).ToArray();
        if (shards.Length == 0) return null;

        var expected = 4L * (9 * input * output + output);
        var found = shards.Sum(s => new FileInfo(s).Length);
        if (found != expected)
        {
            throw new WeightsException($"VGG-19's layer {group} takes {expected} bytes, but {string.Join(", ", shards.Select(Path.GetFileName))} in {folder} hold {found}; fetch them again.");
        }

        var bytes = shards.SelectMany(File.ReadAllBytes).ToArray();
        var numbers = new float[expected / 4];
        Buffer.BlockCopy(bytes, 0, numbers, 0, bytes.Length);
        var all = tensor(numbers);
        return (all[..(9 * input * output)].view(3, 3, input, output).permute(3, 2, 0, 1), all[(9 * input * output)..]);
    }
}
