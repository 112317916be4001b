using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>Weights by name, with an error that names what is missing.</summary>
internal sealed class WeightTable(IReadOnlyDictionary<string, Tensor> weights, string name)
{
    /// <summary>The tensor of this name.</summary>
    /// <param name="key">Its name in the file.</param>
    /// <param name="shape">The shape it must have; none given means any.</param>
    /// <exception cref="WeightsException">It is not there, or has another shape.</exception>
    public Tensor Get(string key, params long[] shape)
    {
        if (!weights.TryGetValue(key, out var found)) throw new WeightsException($"{name} hold no '{key}': this is the file of another network.");
        if (shape.Length > 0 && !found.shape.SequenceEqual(shape))
            throw new WeightsException($"{name}: '{key}' is [{string.Join(',', found.shape)}], not [{string.Join(',', shape)}]: this is the file of another network.");
        return found;
    }

    /// <summary>Builds something from weights and frees them.</summary>
    public static T Use<T>(IReadOnlyDictionary<string, Tensor> weights, Func<IReadOnlyDictionary<string, Tensor>, T> build)
    {
        try
        {
            return build(weights);
        }
        finally
        {
            foreach (var tensor in weights.Values) tensor.Dispose();
        }
    }
}
