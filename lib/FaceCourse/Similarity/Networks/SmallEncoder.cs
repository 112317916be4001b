using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>f(x): a small convolutional network that turns a face into an encoding of length 1, made to be trained in a notebook.</summary>
/// <remarks>
/// Four times (3×3 convolution, batch normalisation, ReLU, 2×2 max pooling) with 16, 32, 64 and 96 channels, then one linear
/// layer and division by the length, as FaceNet does (‖f(x)‖ = 1). The picture itself is first brought to mean 0 and
/// standard deviation 1, so that a darker photo is not another person.
/// </remarks>
public sealed class SmallEncoder : nn.Module<Tensor, Tensor>
{
    private static readonly int[] Widths = [16, 32, 64, 96];

    private readonly nn.Module<Tensor, Tensor> _features;
    private readonly nn.Module<Tensor, Tensor> _linear;

    /// <summary>Makes the network with random weights.</summary>
    /// <param name="channels">C of the pictures: 1 (grey) or 3 (RGB).</param>
    /// <param name="size">H = W of the pictures, a multiple of 16.</param>
    /// <param name="dimensions">D, how many numbers an encoding has.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is no multiple of 16.</exception>
    public SmallEncoder(int channels = 1, int size = 48, int dimensions = 128, int seed = 0) : base(nameof(SmallEncoder))
    {
        if (size < 16 || size % 16 != 0) throw new ArgumentOutOfRangeException(nameof(size), size, "the pictures' side is halved four times: take 32, 48, 64, …");

        (Channels, Size, Dimensions) = (channels, size, dimensions);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        var from = channels;
        foreach (var (width, i) in Widths.Select((w, i) => (w, i + 1)))
        {
            layers.Add(($"conv{i}", nn.Conv2d(from, width, 3, padding: 1, bias: false)));
            layers.Add(($"norm{i}", nn.BatchNorm2d(width)));
            layers.Add(($"relu{i}", nn.ReLU()));
            layers.Add(($"pool{i}", nn.MaxPool2d(2)));
            from = width;
        }

        _features = nn.Sequential([.. layers, ("flat", nn.Flatten())]);
        _linear = nn.Linear(from * (size / 16) * (size / 16), dimensions);
        RegisterComponents();
        Initialise(seed);
    }

    /// <summary>A network with random weights for pictures of a set's shape.</summary>
    /// <param name="faces">The set.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pictures' side is no multiple of 16.</exception>
    public static SmallEncoder For(FaceSet faces, int seed = 0) => new((int)faces.Pictures.shape[1], (int)faces.Pictures.shape[2], seed: seed);

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H = W.</summary>
    public int Size { get; }

    /// <summary>D.</summary>
    public int Dimensions { get; }

    /// <summary>Encodes a batch.</summary>
    /// <param name="x">[N,C,H,W], 0…1.</param>
    /// <returns>[N,D], each row of length 1.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var centred = x - x.mean([1, 2, 3], keepdim: true);
        var standard = centred / centred.square().mean([1, 2, 3], keepdim: true).add(1e-4).sqrt();
        return nn.functional.normalize(_linear.call(_features.call(standard))).MoveToOuterDisposeScope();
    }

    // He's initialisation, from a generator of its own: another network made meanwhile changes nothing.
    private void Initialise(int seed)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var random = new Generator((ulong)(uint)seed);
        foreach (var (name, weight) in named_parameters())
        {
            if (weight.dim() > 1) weight.copy_(randn(weight.shape, generator: random) * Math.Sqrt(2.0 / weight[0].numel()));
            else if (name.EndsWith("bias", StringComparison.Ordinal)) weight.zero_();
        }
    }
}
