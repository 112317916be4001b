using FaceCourse.ConvNets;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>A unit, and how much it prefers something.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Unit">Its number there.</param>
/// <param name="Score">By how many standard deviations its answer lies above its usual one.</param>
public sealed record FoundUnit(string Layer, int Unit, double Score);

/// <summary>Finds the units that love a picture: those that answer to it far more than they usually do.</summary>
public static class UnitFinder
{
    /// <summary>Finds units.</summary>
    /// <param name="net">The network.</param>
    /// <param name="picture">What they should love, [3,H,W], RGB, values 0…1.</param>
    /// <param name="layers">Where to look.</param>
    /// <param name="usual">Ordinary pictures to compare with, [3,H,W] each; at least two.</param>
    /// <param name="count">How many units.</param>
    /// <returns>Best first.</returns>
    /// <exception cref="ArgumentException">Fewer than two ordinary pictures, an unknown layer, or a picture too small.</exception>
    public static IReadOnlyList<FoundUnit> Loving(ConvNet net, Tensor picture, IReadOnlyList<string> layers, IReadOnlyList<Tensor> usual, int count = 9)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(usual);
        if (usual.Count < 2) throw new ArgumentException("What is usual takes at least two ordinary pictures to know.", nameof(usual));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var answer = Means(net, picture, layers);
        var answers = usual.Select(p => Means(net, p, layers)).ToList();
        List<FoundUnit> found = [];
        foreach (var layer in layers)
        {
            var (all, units) = (answers.Select(a => a[layer]).ToArray(), answer[layer].Length);
            // A unit that never varies has no scale of its own; it borrows a small part of its layer's.
            var floor = 0.05 * all.SelectMany(a => a).DefaultIfEmpty().Average() + 1e-9;
            for (var unit = 0; unit < units; unit++)
            {
                var mean = all.Average(a => a[unit]);
                var deviation = Math.Sqrt(all.Average(a => Math.Pow(a[unit] - mean, 2)));
                found.Add(new(layer, unit, (answer[layer][unit] - mean) / (deviation + floor)));
            }
        }

        return [.. found.OrderByDescending(f => f.Score).Take(count)];
    }

    private static Dictionary<string, float[]> Means(ConvNet net, Tensor picture, IReadOnlyList<string> layers)
    {
        using var scope = NewDisposeScope();
        return net.Activations(picture, layers).ToDictionary(a => a.Key, a => a.Value.to(float32).mean([0, 2, 3]).cpu().data<float>().ToArray());
    }
}
