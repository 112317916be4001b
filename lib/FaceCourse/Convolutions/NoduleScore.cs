namespace FaceCourse.Convolutions;

/// <summary>How well nodules were found.</summary>
/// <param name="Found">True nodules with a detection near their centre.</param>
/// <param name="Missed">True nodules without.</param>
/// <param name="False">Detections without a true nodule.</param>
/// <param name="Volumes">In how many volumes.</param>
public sealed record NoduleScore(int Found, int Missed, int False, int Volumes)
{
    /// <summary>The share of true nodules that were found.</summary>
    public double Sensitivity => Found / (double)Math.Max(1, Found + Missed);

    /// <summary>Detections without a nodule, per volume.</summary>
    public double FalsePerVolume => False / (double)Math.Max(1, Volumes);

    /// <summary>Matches each true nodule of one volume with the nearest detection left.</summary>
    /// <param name="truth">Where the nodules are.</param>
    /// <param name="detected">Where they were found.</param>
    /// <param name="tolerance">How far a detection may be from the centre, in voxels.</param>
    public static NoduleScore Of(IReadOnlyList<Nodule> truth, IReadOnlyList<Nodule> detected, double tolerance = 3)
    {
        var free = detected.ToList();
        var found = 0;
        foreach (var nodule in truth)
        {
            if (free.Count == 0) break;
            var nearest = free.MinBy(d => Phantom.Distance(d, nodule));
            if (Phantom.Distance(nearest, nodule) > tolerance) continue;
            free.Remove(nearest);
            found++;
        }

        return new NoduleScore(found, truth.Count - found, free.Count, 1);
    }

    /// <summary>Two results together.</summary>
    public static NoduleScore operator +(NoduleScore a, NoduleScore b)
        => new(a.Found + b.Found, a.Missed + b.Missed, a.False + b.False, a.Volumes + b.Volumes);

    /// <inheritdoc/>
    public override string ToString() => $"{Found} of {Found + Missed} nodules found, {FalsePerVolume:0.##} false per volume";
}
