using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>The lecture's f(x): turns an aligned face into its encoding, 128 numbers that are close for photos of one person.</summary>
public sealed class FaceEncoder : IDisposable
{
    private readonly FaceResNet _network;

    private FaceEncoder(FaceResNet network) => _network = network;

    /// <summary>Loads dlib's face ResNet from the asset store (6.4 MB) to the course's device.</summary>
    /// <exception cref="AssetException">The weights are not to be had.</exception>
    public static FaceEncoder Load(AssetStore? store = null) => new(FaceResNet.Load(store));

    /// <summary>Encodes a batch of aligned faces.</summary>
    /// <param name="crops">[N,3,150,150], RGB, 0…1, as <see cref="FaceAligner"/> makes them; N may be 0.</param>
    /// <returns>[N,128], float32, on the CPU.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public Tensor Encode(Tensor crops)
    {
        ArgumentNullException.ThrowIfNull(crops);
        if (crops.dim() != 4 || crops.shape[1] != 3 || crops.shape[2] != FaceResNet.InputSize || crops.shape[3] != FaceResNet.InputSize)
            throw new ArgumentException($"the encoder takes [N,3,{FaceResNet.InputSize},{FaceResNet.InputSize}]; this tensor is [{string.Join(',', crops.shape)}]. FaceAligner.Align makes such crops.", nameof(crops));
        if (crops.shape[0] == 0) return zeros(0, 128);

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return _network.forward(crops.to(float32).to(TorchRuntime.Device)).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Aligns and encodes faces in one step.</summary>
    /// <returns>[N,128], row i for face i.</returns>
    public Tensor Encode(IReadOnlyList<Face> faces)
    {
        using var crops = FaceAligner.Align(faces);
        return Encode(crops);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => _network.Dispose();
}
