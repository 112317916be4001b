using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>Which constants stand before the sums of the costs.</summary>
public enum Normalisation
{
    /// <summary>The lecture's: ½ before the content cost.</summary>
    Lecture,

    /// <summary>The well-known programming assignment's: 1/(4·nH·nW·nC) before the content cost.</summary>
    Assignment,
}

/// <summary>The four formulas of neural style transfer (Gatys, Ecker, Bethge 2015), each a line of tensor arithmetic.</summary>
/// <remarks>Activations are a[l] = [nC,nH,nW] or, as a network gives them, [1,nC,nH,nW]. All results have gradients.</remarks>
public static class Cost
{
    /// <summary>Content cost of one layer: J(C,G) = ½ ‖a[l](C) − a[l](G)‖².</summary>
    /// <param name="aC">The layer's activations for the content picture C.</param>
    /// <param name="aG">The layer's activations for the generated picture G, of the same shape.</param>
    /// <param name="normalisation">The lecture's ½, or the assignment's 1/(4·nH·nW·nC).</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Content(Tensor aC, Tensor aG, Normalisation normalisation = Normalisation.Lecture)
    {
        ArgumentNullException.ThrowIfNull(aC);
        ArgumentNullException.ThrowIfNull(aG);
        if (!aC.shape.SequenceEqual(aG.shape))
        {
            throw new ArgumentException($"The content cost compares activations of the same shape, not [{string.Join(",", aC.shape)}] with [{string.Join(",", aG.shape)}]. Resize C and G to one size.", nameof(aG));
        }

        return (aC - aG).square().sum() * (normalisation == Normalisation.Lecture ? 0.5 : 1.0 / (4.0 * aG.numel()));
    }

    /// <summary>Style matrix (Gram matrix) of one layer: Gₖₖ' = Σᵢⱼ aᵢⱼₖ aᵢⱼₖ', how channels k and k' fire together.</summary>
    /// <param name="a">Activations, [nC,nH,nW] or [1,nC,nH,nW]; or already unrolled to [nC,nH·nW].</param>
    /// <returns>[nC,nC], symmetric.</returns>
    public static Tensor StyleMatrix(Tensor a)
    {
        var rows = Unroll(a);
        return rows.matmul(rows.t());
    }

    /// <summary>Style cost of one layer: J(S,G) = 1/(2·nH·nW·nC)² · ‖G(S) − G(G)‖²_F.</summary>
    /// <remarks>
    /// The formula takes S and G to be of one size. Where S is larger or smaller, its matrix is scaled by the ratio of
    /// the areas, so that a style picture of another size still means the same style; nH and nW are those of G.
    /// </remarks>
    /// <param name="aS">The layer's activations for the style picture S.</param>
    /// <param name="aG">The layer's activations for the generated picture G, with as many channels.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The numbers of channels differ.</exception>
    public static Tensor Style(Tensor aS, Tensor aG)
    {
        var (s, g) = (Unroll(aS), Unroll(aG));
        if (s.size(0) != g.size(0)) throw new ArgumentException($"The style cost compares activations of one layer, but S has {s.size(0)} channels and G {g.size(0)}.", nameof(aG));
        return Style(s.matmul(s.t()) * ((double)g.size(1) / s.size(1)), g.matmul(g.t()), g.size(1));
    }

    /// <summary>Style cost of one layer, from the style matrices themselves.</summary>
    /// <param name="styleOfS">G(S), [nC,nC].</param>
    /// <param name="styleOfG">G(G), [nC,nC].</param>
    /// <param name="area">nH·nW of the layer.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Style(Tensor styleOfS, Tensor styleOfG, long area)
    {
        ArgumentNullException.ThrowIfNull(styleOfS);
        ArgumentNullException.ThrowIfNull(styleOfG);
        return (styleOfS - styleOfG).square().sum() / Math.Pow(2.0 * area * styleOfG.size(0), 2);
    }

    /// <summary>Total cost: J(G) = α·J_content(C,G) + β·J_style(S,G).</summary>
    public static Tensor Total(Tensor content, Tensor style, double alpha = 10, double beta = 40)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(style);
        return alpha * content + beta * style;
    }

    /// <summary>Total cost from plain numbers.</summary>
    public static double Total(double content, double style, double alpha = 10, double beta = 40) => alpha * content + beta * style;

    /// <summary>Total variation: mean square difference between neighbouring pixels. Not of the lecture; it smooths.</summary>
    /// <param name="picture">[…,H,W].</param>
    /// <returns>A scalar.</returns>
    public static Tensor TotalVariation(Tensor picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (h, w) = (picture.size(-2), picture.size(-1));
        var down = picture.narrow(-2, 1, h - 1) - picture.narrow(-2, 0, h - 1);
        var right = picture.narrow(-1, 1, w - 1) - picture.narrow(-1, 0, w - 1);
        return (down.square().sum() + right.square().sum()) / picture.numel();
    }

    private static Tensor Unroll(Tensor a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.dim() switch
        {
            2 => a,
            3 => a.flatten(1),
            4 when a.size(0) == 1 => a[0].flatten(1),
            _ => throw new ArgumentException($"Activations of one picture are [nC,nH,nW] or [1,nC,nH,nW], not [{string.Join(",", a.shape)}].", nameof(a)),
        };
    }
}
