namespace FaceCourse.Convolutions;

/// <summary>A box in a signal, picture or volume: from where, and how far, in each direction.</summary>
/// <param name="Start">The first place in each direction, from 0.</param>
/// <param name="Size">How many places in each direction.</param>
public sealed record Region(IReadOnlyList<long> Start, IReadOnlyList<long> Size)
{
    /// <summary>The box in words: <c>0..63 × 64..127</c>.</summary>
    public override string ToString() => string.Join(" × ", Start.Zip(Size, (a, n) => $"{a}..{a + n - 1}"));

    /// <summary>Cuts a shape into boxes of at most <paramref name="side"/> in every direction.</summary>
    internal static IEnumerable<Region> Tiles(IReadOnlyList<long> sides, long side)
    {
        IEnumerable<long[]> corners = [[]];
        foreach (var n in sides) corners = corners.SelectMany(c => Enumerable.Range(0, (int)((n + side - 1) / side)).Select(i => (long[])[.. c, i * side]));
        return corners.Select(c => new Region(c, [.. c.Zip(sides, (from, n) => Math.Min(side, n - from))]));
    }
}
