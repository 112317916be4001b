using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>How often recognition among K people goes wrong.</summary>
/// <param name="K">How many people are enrolled, one picture each.</param>
/// <param name="StrangersNamed">The share of strangers who are taken for one of the K.</param>
/// <param name="MembersMistaken">The share of members who are taken for another member.</param>
/// <param name="MembersRejected">The share of members who are not recognised.</param>
public readonly record struct OpenSetErrors(int K, double StrangersNamed, double MembersMistaken, double MembersRejected);

/// <summary>Open-set recognition, 1:K: who is this, or is it nobody we know?</summary>
/// <remarks>
/// Lecture, section 1. If one comparison lets a stranger in with probability FAR, K of them do with 1 − (1 − FAR)ᴷ, as long
/// as they are independent. Real faces are not quite: the same stranger is compared K times. That is why it is measured.
/// </remarks>
public static class OpenSet
{
    /// <summary>Measures by drawing galleries: K people with one picture each, a member's other picture and a stranger's picture to recognise.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="people">Who is on each picture, N numbers.</param>
    /// <param name="sizes">The K to try, each from 1 to the number of people less one (the stranger).</param>
    /// <param name="threshold">τ: recognised when d ≤ τ.</param>
    /// <param name="draws">Galleries drawn for each K.</param>
    /// <param name="seed">The same seed gives the same draws.</param>
    /// <param name="distance">d; ‖x − y‖ when null.</param>
    /// <exception cref="ArgumentException">There are not N people, a K is too large, or a person has one picture only.</exception>
    public static IReadOnlyList<OpenSetErrors> Measure(
        Tensor encodings, IReadOnlyList<int> people, IReadOnlyList<int> sizes, double threshold, int draws = 500, int seed = 0, Distance? distance = null)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        ArgumentNullException.ThrowIfNull(people);
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        if (encodings.dim() != 2 || encodings.shape[0] != people.Count)
            throw new ArgumentException($"encodings of shape [{string.Join(",", encodings.shape)}] and {people.Count} people do not go together: give one person for each row");
        var pictures = people.Select((person, row) => (person, row)).GroupBy(p => p.person, p => p.row).Select(g => g.ToArray()).ToArray();
        if (pictures.FirstOrDefault(p => p.Length < 2) is { } lonely)
            throw new ArgumentException($"person {people[lonely[0]]} has one picture only: one is enrolled and another is needed to be recognised");
        if (sizes.Any(k => k < 1 || k >= pictures.Length))
            throw new ArgumentException($"with {pictures.Length} people a gallery holds 1 to {pictures.Length - 1}, and one stays outside as the stranger");

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var n = people.Count;
        var d = (distance ?? Distance.L2).Pairwise(encodings.to(float32)).cpu().contiguous().data<float>().ToArray();
        var random = new Random(seed);
        return [.. sizes.Select(k => AtSize(d, n, pictures, k, threshold, draws, random))];
    }

    private static OpenSetErrors AtSize(float[] d, int n, int[][] pictures, int k, double threshold, int draws, Random random)
    {
        var (named, mistaken, rejected) = (0, 0, 0);
        var order = Enumerable.Range(0, pictures.Length).ToArray();
        for (var draw = 0; draw < draws; draw++)
        {
            random.Shuffle(order);
            var enrolled = order.Take(k).Select(p => pictures[p][random.Next(pictures[p].Length)]).ToArray();
            var stranger = pictures[order[k]][random.Next(pictures[order[k]].Length)];
            if (enrolled.Any(e => d[(stranger * n) + e] <= threshold)) named++;

            // The first enrolled person comes back with another picture.
            var others = pictures[order[0]].Where(p => p != enrolled[0]).ToArray();
            var member = others[random.Next(others.Length)];
            var nearest = Enumerable.Range(0, k).MinBy(i => d[(member * n) + enrolled[i]]);
            if (d[(member * n) + enrolled[nearest]] > threshold) rejected++;
            else if (nearest != 0) mistaken++;
        }

        return new OpenSetErrors(k, (double)named / draws, (double)mistaken / draws, (double)rejected / draws);
    }
}
