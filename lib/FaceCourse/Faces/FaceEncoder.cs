using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>The lecture's f(x): turns an aligned face into its encoding, 128 numbers that are close for photos of one person.</summary>
/// <remarks>Encodings of different encoders cannot be compared, and each encoder has its own scale and so its own τ.</remarks>
public sealed class FaceEncoder : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Func<IReadOnlyList<Face>, Tensor> _align;
    private readonly bool _unitLength;

    private FaceEncoder(nn.Module<Tensor, Tensor> network, int inputSize, Func<IReadOnlyList<Face>, Tensor> align, bool unitLength, double usualThreshold)
        => (_network, InputSize, _align, _unitLength, UsualThreshold) = (network, inputSize, align, unitLength, usualThreshold);

    /// <summary>How many numbers an encoding has.</summary>
    public const int Dimension = 128;

    /// <summary>Side of the crops it takes, in pixels.</summary>
    public int InputSize { get; }

    /// <summary>The τ that its author recommends, on the scale of d; data of your own may ask for another.</summary>
    public double UsualThreshold { get; }

    /// <summary>Loads dlib's face ResNet from the asset store (6.4 MB) to the course's device.</summary>
    /// <param name="store">Where the weights come from; null means the course's own store.</param>
    /// <param name="bfloat16">
    /// True computes in bfloat16: about twice as quick where the processor knows it (AVX-512 BF16, or a GPU), slower elsewhere. Encodings
    /// move by less than 1e-2, far less than people lie apart; those of both kinds may be compared.
    /// </param>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceEncoder Load(AssetStore? store = null, bool bfloat16 = false) =>
        new(bfloat16 ? FaceResNet.Load(store).InBFloat16() : FaceResNet.Load(store), FaceResNet.InputSize, FaceAligner.Align, unitLength: false, Gallery.UsualThreshold);

    /// <summary>Loads MobileFaceNet from the asset store (4 MB): a second, smaller encoder to compare with. Its encodings have length 1.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceEncoder LoadMobileFaceNet(AssetStore? store = null) =>
        // Its author separates people by an angle of 70.36°; between vectors of length 1 that is the distance 2·sin(70.36°/2).
        new(MobileFaceNet.Load(store), MobileFaceNet.InputSize, FivePointAligner.Align, unitLength: true, 1.152);

    /// <summary>Cuts faces out of their photos as this encoder wants them.</summary>
    /// <returns>[N,3,InputSize,InputSize], RGB, 0…1, on the CPU; N may be 0.</returns>
    public Tensor Align(IReadOnlyList<Face> faces) => _align(faces);

    /// <summary>Encodes a batch of aligned faces.</summary>
    /// <param name="crops">[N,3,InputSize,InputSize], RGB, 0…1, as <see cref="Align"/> makes them; N may be 0.</param>
    /// <returns>[N,128], float32, on the CPU.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public Tensor Encode(Tensor crops)
    {
        ArgumentNullException.ThrowIfNull(crops);
        if (crops.dim() != 4 || crops.shape[1] != 3 || crops.shape[2] != InputSize || crops.shape[3] != InputSize)
            throw new ArgumentException($"the encoder takes [N,3,{InputSize},{InputSize}]; this tensor is [{string.Join(',', crops.shape)}]. Its Align makes such crops.", nameof(crops));
        if (crops.shape[0] == 0) return zeros(0, Dimension);

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var encodings = _network.forward(crops.to(float32).to(TorchRuntime.Device));
        if (_unitLength) encodings = nn.functional.normalize(encodings, 2, 1);
        return encodings.cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Aligns and encodes faces in one step.</summary>
    /// <returns>[N,128], row i for face i.</returns>
    public Tensor Encode(IReadOnlyList<Face> faces)
    {
        using var crops = Align(faces);
        return Encode(crops);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => _network.Dispose();
}
