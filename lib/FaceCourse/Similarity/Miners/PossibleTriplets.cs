namespace FaceCourse.Similarity;

/// <summary>What there is to learn from in a collection, by counting alone.</summary>
/// <param name="PositivePairs">Pairs of two pictures of one person: Σ nₚ(nₚ − 1)/2.</param>
/// <param name="NegativePairs">Pairs of pictures of two people.</param>
/// <param name="Triplets">Anchor, positive and negative: Σ nₚ(nₚ − 1)(n − nₚ).</param>
/// <remarks>
/// Lecture section 4: 10,000 pictures of 1,000 persons hold positives, and so do teach; one picture each holds none.
/// </remarks>
public readonly record struct PossibleTriplets(long PositivePairs, long NegativePairs, long Triplets)
{
    /// <summary>Counts.</summary>
    /// <param name="people">Who is on each picture.</param>
    public static PossibleTriplets Of(IEnumerable<int> people)
    {
        var counts = people.GroupBy(p => p).Select(g => g.LongCount()).ToList();
        var n = counts.Sum();
        var positive = counts.Sum(c => c * (c - 1) / 2);
        return new PossibleTriplets(positive, (n * (n - 1) / 2) - positive, counts.Sum(c => c * (c - 1) * (n - c)));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{PositivePairs:N0} pairs of one person, {NegativePairs:N0} pairs of two, {Triplets:N0} triplets");
}
