using FaceCourse.ConvNets;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>What a picture should excite. Objectives add with + and −, and scale with *.</summary>
/// <example><code>var more = Objective.Unit("conv3_2", 17) - 0.5 * Objective.Unit("conv3_2", 4);</code></example>
public sealed class Objective
{
    private readonly Func<IReadOnlyDictionary<string, Tensor>, Tensor> _value;

    private Objective(IEnumerable<string> layers, Func<IReadOnlyDictionary<string, Tensor>, Tensor> value) => (Layers, _value) = ([.. layers.Distinct()], value);

    /// <summary>The layers it looks at.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>A unit everywhere in the picture: the mean of its feature map.</summary>
    public static Objective Unit(string layer, int unit) => new([layer], a => Map(a[layer], layer, unit).mean());

    /// <summary>A unit in the middle of the picture alone.</summary>
    public static Objective Centre(string layer, int unit) => new([layer], a =>
    {
        var map = Map(a[layer], layer, unit);
        return map[.., map.size(1) / 2, map.size(2) / 2].mean();
    });

    /// <summary>A whole layer: the mean square of everything in it (DeepDream).</summary>
    public static Objective Layer(string layer) => new([layer], a => a[layer].square().mean());

    /// <summary>Both.</summary>
    public static Objective operator +(Objective left, Objective right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Layers.Concat(right.Layers), a => left._value(a) + right._value(a));
    }

    /// <summary>The first, and as little as can be of the second.</summary>
    public static Objective operator -(Objective left, Objective right) => left + -1.0 * right;

    /// <summary>So many times as important.</summary>
    public static Objective operator *(double weight, Objective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        return new(objective.Layers, a => weight * objective._value(a));
    }

    /// <summary>So many times as important.</summary>
    public static Objective operator *(Objective objective, double weight) => weight * objective;

    /// <summary>As <c>+</c>.</summary>
    public static Objective Add(Objective left, Objective right) => left + right;

    /// <summary>As <c>−</c>.</summary>
    public static Objective Subtract(Objective left, Objective right) => left - right;

    /// <summary>As <c>*</c>.</summary>
    public static Objective Multiply(double weight, Objective objective) => weight * objective;

    /// <summary>Its value for RGB pictures, a scalar with gradient.</summary>
    /// <exception cref="ArgumentException">An unknown layer or unit.</exception>
    public Tensor Of(ConvNet net, Tensor rgb)
    {
        ArgumentNullException.ThrowIfNull(net);
        return _value(net.Activations(rgb, Layers));
    }

    /// <summary>Its value for activations that are computed already.</summary>
    internal Tensor Of(IReadOnlyDictionary<string, Tensor> activations) => _value(activations);

    private static Tensor Map(Tensor a, string layer, int unit) => unit >= 0 && unit < a.size(1)
        ? a.select(1, unit).to(float32)
        : throw new ArgumentException($"{layer} has the units 0 to {a.size(1) - 1}, not {unit}.", nameof(unit));
}
