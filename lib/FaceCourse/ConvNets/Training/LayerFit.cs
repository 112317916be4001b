using static TorchSharp.torch;

namespace FaceCourse.ConvNets.Training;

/// <summary>The two pieces of linear algebra that give CourseNet its first weights.</summary>
internal static class LayerFit
{
    /// <summary>
    /// Chooses the units of a layer that say most about all of them: again and again the one with the largest energy
    /// that the chosen ones do not yet explain (a pivoted Cholesky decomposition of the second moments).
    /// </summary>
    /// <param name="samples">[n,C]: n places, C units.</param>
    /// <param name="count">How many units to choose.</param>
    public static long[] MostTelling(Tensor samples, int count)
    {
        using var scope = NewDisposeScope();
        // Loud and quiet units count alike: what matters is which of them are different.
        var rows = samples / samples.square().mean([0], keepdim: true).sqrt().clamp_min(1e-6);
        var rest = rows.t().matmul(rows) / samples.size(0);
        var chosen = new List<long>();
        for (var i = 0; i < count; i++)
        {
            using var inner = NewDisposeScope();
            var energy = rest.square().sum([0]) / rest.diagonal().clamp_min(1e-6);
            foreach (var c in chosen) energy[c] = -1;
            var best = energy.argmax().item<long>();
            chosen.Add(best);
            var column = rest.select(1, best).clone();
            rest.sub_(column.unsqueeze(1).matmul(column.unsqueeze(0)) / Math.Max(column[best].item<float>(), 1e-6));
        }

        return [.. chosen.Order()];
    }

    /// <summary>
    /// Least squares for one convolution followed by ReLU: the weights whose output, cut at zero, is nearest the targets.
    /// </summary>
    /// <remarks>
    /// Where the target is above zero it must be met; where it is zero, anything below will do, so each round asks the
    /// rows that are already below to stay where they are.
    /// </remarks>
    /// <param name="patches">[n,k]: what the kernel sees at n places.</param>
    /// <param name="targets">[n,C]: what should come out there.</param>
    /// <param name="rounds">How often to solve.</param>
    /// <returns>Weights [k,C] and bias [C].</returns>
    public static (Tensor Weight, Tensor Bias) FitRelu(Tensor patches, Tensor targets, int rounds = 6)
    {
        using var scope = NewDisposeScope();
        var x = cat([patches, ones(patches.size(0), 1)], 1);
        var moments = x.t().matmul(x) / x.size(0);
        moments.diagonal().add_(1e-4 * moments.diagonal().mean());
        var factor = linalg.cholesky(moments);
        Tensor Solve(Tensor y) => cholesky_solve(x.t().matmul(y) / x.size(0), factor);

        var weights = Solve(targets);
        for (var round = 1; round < rounds; round++) weights = Solve(where(targets > 0, targets, x.matmul(weights).clamp_max(0)));
        var k = patches.size(1);
        return (weights.narrow(0, 0, k).clone().MoveToOuterDisposeScope(), weights[k].clone().MoveToOuterDisposeScope());
    }
}
