using System.Security.Cryptography;
using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>A convolutional network as a list of named layers, each of which can be tapped.</summary>
/// <remarks>
/// Pictures go in as RGB, values 0…1, [3,H,W] or [N,3,H,W], of any size the layers allow. The weights are frozen: what
/// the course asks of these networks are gradients with respect to the picture.
/// </remarks>
/// <example><code>var a = net.Activations(photo, "conv1_1", "conv3_2"); // one pass, stops after conv3_2</code></example>
public class ConvNet : nn.Module<Tensor, Tensor>
{
    private readonly NamedLayer[] _layers;
    private readonly Window[] _fields;
    private readonly float[] _mean;
    private readonly float _scale;

    /// <summary>Puts a network together and freezes its weights.</summary>
    /// <param name="name">What the network is called.</param>
    /// <param name="mean">Subtracted from each RGB channel, in units of 0…1.</param>
    /// <param name="scale">What each channel is then multiplied with.</param>
    /// <param name="bgr">True for networks that were trained on blue, green, red.</param>
    /// <param name="layers">The layers in order, with different names.</param>
    public ConvNet(string name, IReadOnlyList<float> mean, float scale, bool bgr, IReadOnlyList<NamedLayer> layers) : base(name)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(layers);
        _layers = [.. layers];
        IsBgr = bgr;
        _mean = [.. mean];
        _scale = scale;

        _fields = new Window[_layers.Length];
        var field = Window.Pixel;
        for (var i = 0; i < _layers.Length; i++)
        {
            _fields[i] = field = field.Then(_layers[i].Window);
            register_module(_layers[i].Name, _layers[i].Module);
        }

        foreach (var parameter in parameters()) parameter.requires_grad = false;
        eval();
        this.to(TorchRuntime.Device);
    }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<NamedLayer> Layers => _layers;

    /// <summary>Whether the network was trained on blue, green, red instead of red, green, blue.</summary>
    public bool IsBgr { get; }

    /// <summary>The names of all layers, first to last.</summary>
    public IEnumerable<string> LayerNames => _layers.Select(l => l.Name);

    /// <summary>A layer by name.</summary>
    /// <exception cref="ArgumentException">No layer has this name; the message lists the names.</exception>
    public NamedLayer Layer(string name) => _layers[IndexOf(name)];

    /// <summary>SHA-256 over all weights, as hexadecimal digits: another one means that some weight has changed.</summary>
    public string Fingerprint()
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in parameters()) hash.AppendData(weight.detach().cpu().contiguous().bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>
    /// Keeps the weights as bfloat16, half the bytes: CPUs with AVX-512 BF16 and GPUs are up to twice as quick with them, others
    /// slower. Activations then have two to three good digits, enough to paint with.
    /// </summary>
    /// <returns>This network.</returns>
    public ConvNet InBFloat16()
    {
        this.to(bfloat16);
        return this;
    }

    /// <summary>How many numbers its weights and biases are.</summary>
    public long WeightCount => parameters().Sum(p => p.numel());

    /// <summary>The receptive field of a layer: the square of the picture that one of its units sees.</summary>
    /// <exception cref="ArgumentException">No layer has this name; the message lists the names.</exception>
    public Window FieldOf(string layer) => _fields[IndexOf(layer)];

    /// <summary>The smallest side of a picture, in pixels, that still gives one unit in a layer.</summary>
    public long SmallestSide(string layer)
    {
        var side = 1L;
        for (var i = IndexOf(layer); i >= 0; i--) side = _layers[i].Window.PixelsFor(side);
        return side;
    }

    /// <summary>Brings RGB pictures in 0…1 to the values the network was trained on.</summary>
    /// <param name="rgb">[3,H,W] or [N,3,H,W].</param>
    /// <returns>[N,3,H,W] in the network's number format.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public Tensor Prepare(Tensor rgb)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.dim() is not (3 or 4) || rgb.size(-3) != 3 || rgb.numel() == 0)
        {
            throw new ArgumentException($"A picture must be RGB of shape [3,H,W] or [N,3,H,W], not [{string.Join(",", rgb.shape)}].", nameof(rgb));
        }

        var batch = rgb.dim() == 3 ? rgb.unsqueeze(0) : rgb;
        var weights = parameters().First();
        var mean = tensor(_mean, device: weights.device).view(3, 1, 1);
        // In float32 to the end: 16-bit numbers around 100 are only exact to the half.
        var values = (batch.to(float32, weights.device) - mean) * _scale;
        return (IsBgr ? values.flip(1) : values).to(weights.dtype);
    }

    /// <summary>The last layer's activations: [N,C,H,W].</summary>
    /// <param name="input">RGB pictures, [3,H,W] or [N,3,H,W], values 0…1.</param>
    public override Tensor forward(Tensor input) => Activation(input, _layers[^1].Name);

    /// <summary>One layer's activations: [N,C,H,W], after its ReLU.</summary>
    /// <inheritdoc cref="Activations"/>
    public Tensor Activation(Tensor rgb, string layer) => Activations(rgb, layer)[layer];

    /// <summary>The activations of some layers in one forward pass, which stops after the last one asked for.</summary>
    /// <param name="rgb">RGB pictures, [3,H,W] or [N,3,H,W], values 0…1.</param>
    /// <param name="layers">Names of <see cref="LayerNames"/>, in any order.</param>
    /// <returns>By layer name, [N,C,H,W], float32, after the layer's ReLU; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A name is unknown, or the picture is too small for a layer.</exception>
    public IReadOnlyDictionary<string, Tensor> Activations(Tensor rgb, params IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        CheckSize(rgb, layers);
        return Run(Prepare(rgb), layers);
    }

    /// <summary>As <see cref="Activations"/>, from values that are prepared already.</summary>
    /// <param name="prepared">[N,3,H,W] in the network's own units; see <see cref="Prepare"/>.</param>
    /// <param name="layers">Names of <see cref="LayerNames"/>.</param>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor prepared, params IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(layers);
        var wanted = layers.Select(IndexOf).ToHashSet();
        var found = new Dictionary<string, Tensor>();
        var values = prepared;
        for (var i = 0; i <= (wanted.Count == 0 ? -1 : wanted.Max()); i++)
        {
            values = _layers[i].Module.call(values);
            if (!wanted.Contains(i)) continue;
            // Sums over a map need more digits than bfloat16 has. The pass goes on through the tap, so that gradients reach it.
            var tap = found[_layers[i].Name] = values.to(float32);
            values = tap.to(values.dtype);
        }

        return found;
    }

    private void CheckSize(Tensor rgb, IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        foreach (var layer in layers)
        {
            var needed = SmallestSide(layer);
            if (rgb.dim() >= 2 && Math.Min(rgb.size(-1), rgb.size(-2)) < needed)
            {
                throw new ArgumentException($"A picture of {rgb.size(-1)}×{rgb.size(-2)} pixels is too small for {layer} of {GetName()}: its shorter side must be at least {needed} pixels. Enlarge the picture or ask for an earlier layer.", nameof(rgb));
            }
        }
    }

    private int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = Array.FindIndex(_layers, l => l.Name == name);
        return index >= 0 ? index : throw new ArgumentException($"{GetName()} has no layer \"{name}\"; its layers are {string.Join(", ", LayerNames)}.", nameof(name));
    }
}
