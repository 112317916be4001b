using FaceCourse.ConvNets;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>The total cost J(G) of one content and one style picture: the targets, computed once, and the cost of any G.</summary>
/// <remarks>The network is only run up to the deepest layer that counts.</remarks>
/// <example><code>using var problem = new StyleProblem(net, content, style);
/// var (cost, gradient) = problem.At(g);
/// g = (g - lr * gradient).clamp(0, 1);   // G := G − lr·∂J/∂G</code></example>
public sealed class StyleProblem : IDisposable
{
    private const double Tiny = 1e-12;

    private readonly ConvNet _net;
    private readonly Normalisation _normalisation;
    private readonly string _contentLayer;
    private readonly string[] _styleLayers;
    private readonly string[] _taps;
    private readonly Tensor _aC;
    private readonly Dictionary<string, Tensor> _styleOfS = [];
    private readonly Dictionary<string, Tensor> _masks = [];

    /// <summary>Computes the targets: a[l](C) and G[l](S).</summary>
    /// <param name="net">The network that looks.</param>
    /// <param name="content">C, [3,H,W], RGB, values 0…1; taken at its own size.</param>
    /// <param name="style">S, [3,H',W'], RGB, values 0…1; taken at its own size.</param>
    /// <param name="settings">Layers, α, β, λ, normalisation and mask; the rest is not used here.</param>
    /// <exception cref="ArgumentException">α = β = 0, an unknown layer, or a picture too small for a layer.</exception>
    public StyleProblem(ConvNet net, Tensor content, Tensor style, StyleSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(style);
        settings ??= new();
        settings.Check();
        (_net, _normalisation) = (net, settings.Normalisation);
        (Beta, TotalVariation) = (settings.Beta, settings.TotalVariation);
        _contentLayer = settings.ContentLayer ?? StyleLayers.Content(net);
        _styleLayers = settings.Lambda is null ? [.. StyleLayers.Style(net)] : [.. settings.Lambda.Where(l => l.Value != 0).Select(l => l.Key)];
        if (Beta == 0) _styleLayers = [];

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        _taps = [.. _styleLayers.Append(_contentLayer).Distinct()];
        var ofC = net.Activations(content, _taps);
        var ofS = _styleLayers.Length == 0 ? new Dictionary<string, Tensor>() : net.Activations(style, _styleLayers);
        _aC = ofC[_contentLayer].DetachFromDisposeScope();
        if (settings.Mask is { } mask)
        {
            foreach (var layer in _styleLayers)
            {
                var a = ofC[layer];
                _masks[layer] = MaskAt(mask, (int)a.size(2), (int)a.size(3)).to(a.device).DetachFromDisposeScope();
            }
        }

        var lambda = new Dictionary<string, double>();
        foreach (var layer in _styleLayers)
        {
            var a = ofS[layer];
            // Per unit of area, so that S may have another size than G.
            var gram = Cost.StyleMatrix(a) / (double)(a.size(2) * a.size(3));
            _styleOfS[layer] = gram.DetachFromDisposeScope();
            var scale = gram.square().sum().item<float>() / Math.Pow(2.0 * a.size(1), 2);
            var ofContent = StyleAt(layer, ofC[layer]).item<float>();
            lambda[layer] = settings.Lambda?[layer] ?? 1 / (_styleLayers.Length * Math.Max(ofContent, 1e-4 * scale + Tiny));
        }

        Lambda = lambda;
        Alpha = settings.Alpha ?? settings.ContentShare / Math.Max(Cost.Content(_aC, net.Activation(full_like(content, 0.5), _contentLayer), _normalisation).item<float>(), Tiny);
    }

    /// <summary>α, as given or as chosen from the pictures.</summary>
    public double Alpha { get; }

    /// <summary>β.</summary>
    public double Beta { get; }

    /// <summary>λ by layer, as given or as chosen from the pictures.</summary>
    public IReadOnlyDictionary<string, double> Lambda { get; }

    /// <summary>Weight of the total variation.</summary>
    public double TotalVariation { get; }

    /// <summary>The costs of a picture, without gradients.</summary>
    /// <param name="g">G, [3,H,W] of C's size, values 0…1.</param>
    public StyleCosts Costs(Tensor g)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return StyleCosts.From(Terms(g));
    }

    /// <summary>The costs of a picture, and the gradient of the total cost with respect to its pixels.</summary>
    /// <param name="g">G, [3,H,W] of C's size, values 0…1.</param>
    /// <returns>The costs, and ∂J/∂G of G's shape, owned by the caller's dispose scope.</returns>
    public (StyleCosts Costs, Tensor Gradient) At(Tensor g)
    {
        using var scope = NewDisposeScope();
        var (terms, gradient) = TermsAt(g);
        return (StyleCosts.From(terms), gradient.MoveToOuterDisposeScope());
    }

    /// <summary>The style cost of each layer, λ not yet applied.</summary>
    /// <param name="g">G, [3,H,W], values 0…1.</param>
    public IReadOnlyDictionary<string, double> StyleByLayer(Tensor g)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var a = _net.Activations(g, _styleLayers);
        return _styleLayers.ToDictionary(l => l, l => (double)StyleAt(l, a[l]).item<float>());
    }

    /// <summary>Frees the targets.</summary>
    public void Dispose()
    {
        _aC.Dispose();
        foreach (var tensor in _styleOfS.Values.Concat(_masks.Values)) tensor.Dispose();
    }

    /// <summary>[content, style, total variation, total] still on the device, and the gradient.</summary>
    internal (Tensor Terms, Tensor Gradient) TermsAt(Tensor g)
    {
        var pixels = g.detach().requires_grad_(true);
        var terms = Terms(pixels);
        var gradient = autograd.grad([terms[3]], [pixels])[0];
        return (terms.detach(), gradient);
    }

    internal static Tensor MaskAt(Tensor mask, int height, int width)
    {
        var map = mask.dim() == 2 ? mask.unsqueeze(0) : mask;
        if (map.dim() != 3 || map.size(0) != 1) throw new ArgumentException($"A mask must be [H,W] or [1,H,W], not [{string.Join(",", mask.shape)}].", nameof(mask));
        return Resample.Area(map.to(float32), height, width).clamp(0, 1);
    }

    private Tensor Terms(Tensor g)
    {
        var a = _net.Activations(g, _taps);
        var content = Cost.Content(_aC, a[_contentLayer], _normalisation);
        var style = zeros([], device: content.device);
        foreach (var layer in _styleLayers) style = style + Lambda[layer] * StyleAt(layer, a[layer]);
        var variation = Cost.TotalVariation(g.to(content.device));
        return stack([content, style, variation, Cost.Total(content, style, Alpha, Beta) + TotalVariation * variation]);
    }

    /// <summary>The lecture's style cost of a layer, from the area-free G(S) this problem keeps.</summary>
    private Tensor StyleAt(string layer, Tensor a)
    {
        var area = (double)(a.size(2) * a.size(3));
        if (_masks.TryGetValue(layer, out var mask))
        {
            // The style matrix of the painted part alone (Gatys et al. 2017, guided style matrix).
            a = a * mask.unsqueeze(0);
            area = Math.Max(mask.square().sum().item<float>(), 1);
        }

        return Cost.Style(_styleOfS[layer], Cost.StyleMatrix(a) / area, 1);
    }
}

/// <summary>The costs of one picture.</summary>
/// <param name="Content">J_content(C,G).</param>
/// <param name="Style">J_style(S,G) = Σ λ[l]·J[l].</param>
/// <param name="TotalVariation">The total variation, not yet weighed.</param>
/// <param name="Total">J(G) = α·J_content + β·J_style, plus the weighed total variation.</param>
public readonly record struct StyleCosts(double Content, double Style, double TotalVariation, double Total)
{
    internal static StyleCosts From(Tensor terms)
    {
        using var scope = NewDisposeScope();
        var numbers = terms.to(float64).cpu().data<double>().ToArray();
        return new(numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
