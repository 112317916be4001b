using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>A Siamese network: two inputs, one encoder, one set of parameters.</summary>
/// <remarks>
/// Lecture section 3; DeepFace (Taigman et al. 2014). d(x⁽¹⁾, x⁽²⁾) = d(f(x⁽¹⁾), f(x⁽²⁾)): drawn as two networks, it is the same
/// one called twice, and a step changes it by the sum of what both calls ask for.
/// </remarks>
public sealed class SiameseNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _encoder;

    /// <summary>Makes the network around an encoder, which it owns from now on.</summary>
    /// <param name="encoder">f: [N,C,H,W] to [N,D].</param>
    /// <param name="distance">d; ‖x − y‖² unless told otherwise.</param>
    public SiameseNetwork(nn.Module<Tensor, Tensor> encoder, Distance? distance = null) : base(nameof(SiameseNetwork))
    {
        _encoder = encoder;
        Distance = distance ?? Distance.SquaredL2;
        RegisterComponents();
    }

    /// <summary>f, both branches.</summary>
    public nn.Module<Tensor, Tensor> Encoder => _encoder;

    /// <summary>d.</summary>
    public Distance Distance { get; }

    /// <summary>f(x⁽¹⁾) and f(x⁽²⁾).</summary>
    /// <param name="first">[N,C,H,W].</param>
    /// <param name="second">[N,C,H,W].</param>
    public (Tensor First, Tensor Second) Encode(Tensor first, Tensor second) => (_encoder.call(first), _encoder.call(second));

    /// <summary>d of N pairs.</summary>
    /// <param name="first">[N,C,H,W].</param>
    /// <param name="second">[N,C,H,W].</param>
    /// <returns>[N].</returns>
    public override Tensor forward(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (f1, f2) = Encode(first, second);
        return Distance.Between(f1, f2).MoveToOuterDisposeScope();
    }
}
