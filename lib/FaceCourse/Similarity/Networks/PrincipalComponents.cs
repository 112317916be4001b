using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Principal component analysis: the directions along which points differ most. Of pictures, they are the eigenfaces.</summary>
/// <remarks>Turk and Pentland 1991. Fitted once and applied to other points, it can project people it has not been fitted on.</remarks>
public sealed class PrincipalComponents : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _axes;

    private PrincipalComponents(Tensor mean, Tensor axes, IReadOnlyList<double> shares) => (_mean, _axes, Shares) = (mean, axes, shares);

    /// <summary>The share of the variance along each direction, largest first, 0…1.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Finds the directions.</summary>
    /// <param name="points">[N,D]; pictures [N,C,H,W] are flattened.</param>
    /// <param name="count">How many, at most N − 1 and D.</param>
    /// <exception cref="ArgumentException">There are fewer than two points.</exception>
    public static PrincipalComponents Fit(Tensor points, int count = 2)
    {
        if (points.dim() < 2 || points.shape[0] < 2) throw new ArgumentException($"principal components need at least two points, not [{string.Join(',', points.shape)}]");

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var x = points.detach().flatten(1).to(float64);
        var mean = x.mean([0], keepdim: true);
        var (_, s, vt) = linalg.svd(x - mean, fullMatrices: false);
        count = (int)Math.Min(count, Math.Min(x.shape[0] - 1, x.shape[1]));
        var axes = vt[..count];
        // Which way a direction points is a matter of chance; its largest component is made positive.
        var largest = axes.gather(1, axes.abs().argmax(1, keepdim: true));
        axes = axes * where(largest < 0, -1.0, 1.0);
        var shares = (s.square() / s.square().sum().clamp_min(1e-300))[..count].data<double>().ToArray();
        return new PrincipalComponents(mean.DetachFromDisposeScope(), axes.DetachFromDisposeScope(), shares);
    }

    /// <summary>Where points lie along the directions.</summary>
    /// <param name="points">[N,D], or pictures.</param>
    /// <returns>[N,count], float32.</returns>
    public Tensor Project(Tensor points)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return (points.detach().flatten(1).to(float64) - _mean).matmul(_axes.t()).to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the directions.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _axes.Dispose();
    }
}
