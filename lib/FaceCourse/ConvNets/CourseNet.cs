using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>CourseNet: a small VGG-style network that this project trained itself and carries with it.</summary>
/// <remarks>
/// Ten 3×3 convolutions in five blocks, named and pooled as in VGG-19. conv1_1 … conv3_4 have learnt to answer as chosen
/// units of VGG-19's layers of the same names do; conv4_1 and conv5_1 as chosen units of SqueezeNet's fire5 and
/// fire9. It needs no asset and no network, and runs about six times as fast as VGG-19. models/coursenet.md is its card;
/// <c>course train-coursenet</c> trains it anew.
/// </remarks>
public sealed class CourseNet : ConvNet
{
    /// <summary>Its convolutions: name, units, and the teacher's layer each one imitates.</summary>
    internal static readonly (string Name, int Channels, string Teacher)[] Plan =
    [
        ("conv1_1", 24, "conv1_1"), ("conv1_2", 32, "conv1_2"),
        ("conv2_1", 48, "conv2_1"), ("conv2_2", 64, "conv2_2"),
        ("conv3_1", 96, "conv3_1"), ("conv3_2", 96, "conv3_2"), ("conv3_3", 96, "conv3_3"), ("conv3_4", 128, "conv3_4"),
        ("conv4_1", 192, "fire5"),
        ("conv5_1", 192, "fire9"),
    ];

    private CourseNet(IReadOnlyList<NamedLayer> layers) : base("CourseNet", [0.485f, 0.456f, 0.406f], 4, bgr: false, layers) { }

    /// <summary>The weights that are part of this project.</summary>
    public static string WeightsPath => Path.Combine(Path.GetDirectoryName(typeof(CourseNet).Assembly.Location) ?? "", "models", "coursenet.safetensors");

    /// <summary>Loads the network that this project trained.</summary>
    public static CourseNet Load() => Load(WeightsPath);

    /// <summary>Loads a network of this shape from a file that <c>course train-coursenet</c> wrote.</summary>
    /// <param name="path">A safetensors file with <c>conv1_1.weight</c>, <c>conv1_1.bias</c>, …</param>
    /// <exception cref="WeightsException">The file is missing, damaged, or of another network.</exception>
    public static CourseNet Load(string path)
    {
        using var scope = NewDisposeScope();
        TensorFile file;
        try
        {
            file = SafeTensors.Load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw new WeightsException($"CourseNet's weights cannot be read: {e.Message}", e);
        }

        using (file)
        {
            return FromWeights((name, shape) =>
                file.Tensors.TryGetValue(name, out var w) && w.shape.SequenceEqual(shape) ? w.to(float32)
                : throw new WeightsException($"{path} is not CourseNet: the weight \"{name}\" of shape [{string.Join(",", shape)}] is missing."));
        }
    }

    /// <summary>A network whose weights come from anywhere.</summary>
    /// <param name="weight">Gives the tensor of a name and shape.</param>
    internal static CourseNet FromWeights(Func<string, long[], Tensor> weight)
    {
        List<NamedLayer> layers = [];
        var channels = 3;
        foreach (var (name, width, _) in Plan)
        {
            if (name.EndsWith("_1", StringComparison.Ordinal) && channels > 3) layers.Add(Blocks.Pool($"pool{name[4] - '1'}", channels, Pooling.Average, 2, 2));
            layers.Add(Blocks.ConvRelu(name, weight($"{name}.weight", [width, channels, 3, 3]), weight($"{name}.bias", [width]), padding: 1));
            channels = width;
        }

        return new(layers);
    }
}
