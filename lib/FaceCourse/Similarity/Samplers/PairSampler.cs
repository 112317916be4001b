namespace FaceCourse.Similarity;

/// <summary>Pairs of pictures for a Siamese network: half of every batch shows one person, half two.</summary>
/// <remarks>Drawn blindly, hardly a pair would show one person: among 200 people one in 200.</remarks>
public sealed class PairSampler
{
    private readonly int[][] _people;
    private readonly int[][] _withPairs;
    private readonly int _seed;

    /// <summary>Makes the sampler.</summary>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="seed">The same seed gives the same pairs.</param>
    /// <exception cref="ArgumentException">There is only one person, or nobody has two pictures.</exception>
    public PairSampler(IReadOnlyList<int> people, int seed = 0)
    {
        _people = [.. people.Select((person, picture) => (person, picture)).GroupBy(p => p.person, p => p.picture).Select(g => g.ToArray())];
        _withPairs = [.. _people.Where(g => g.Length > 1)];
        _seed = seed;
        if (_people.Length < 2 || _withPairs.Length == 0)
            throw new ArgumentException($"pairs of one person and of two need at least two people, and two pictures of one; given {people.Count} pictures of {_people.Length} people");
    }

    /// <summary>One batch.</summary>
    /// <param name="step">Which, from 0; it depends on the seed and this number only.</param>
    /// <param name="pairs">How many pairs; of an odd number the last shows two people.</param>
    /// <returns>The positions x⁽ⁱ⁾ and x⁽ʲ⁾, and whether both show one person.</returns>
    public IReadOnlyList<(int First, int Second, bool Same)> Batch(long step, int pairs = 32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        var random = Seeds.At(_seed, step);
        return [.. Enumerable.Range(0, pairs).Select(i => i % 2 == 0 && i + 1 < pairs ? OfOne(random) : OfTwo(random))];
    }

    private (int, int, bool) OfOne(Random random)
    {
        var pictures = _withPairs[random.Next(_withPairs.Length)];
        var first = random.Next(pictures.Length);
        return (pictures[first], pictures[(first + 1 + random.Next(pictures.Length - 1)) % pictures.Length], true);
    }

    private (int, int, bool) OfTwo(Random random)
    {
        var first = random.Next(_people.Length);
        var (a, b) = (_people[first], _people[(first + 1 + random.Next(_people.Length - 1)) % _people.Length]);
        return (a[random.Next(a.Length)], b[random.Next(b.Length)], false);
    }
}
