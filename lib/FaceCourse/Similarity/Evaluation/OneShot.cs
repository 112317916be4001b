using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>One-shot recognition, 1:K: who is this, when one picture of each person is known?</summary>
public static class OneShot
{
    /// <summary>Enrols one picture of each person, drawn by chance, and asks for the nearest to each of the others.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="draws">How often to draw anew; the answer is the mean.</param>
    /// <param name="seed">The same seed draws the same pictures.</param>
    /// <param name="distance">d; ‖x − y‖ unless told otherwise.</param>
    /// <returns>The share of right answers, 0…1. Blind guessing gives 1/K.</returns>
    /// <exception cref="ArgumentException">There are fewer than two people, or nobody has a second picture.</exception>
    public static double Accuracy(Tensor encodings, IReadOnlyList<int> people, int draws = 20, int seed = 0, Distance? distance = null)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var n = people.Count;
        var matrix = (distance ?? Distance.L2).Pairwise(encodings.detach()).to(float64).cpu().data<double>().ToArray();
        var groups = Enumerable.Range(0, n).GroupBy(i => people[i]).Select(g => g.ToArray()).ToList();
        if (groups.Count < 2 || groups.Count == n || matrix.Length != n * n)
            throw new ArgumentException($"one-shot recognition needs at least two people, one of them with a second picture; given {encodings.shape[0]} encodings of {groups.Count} people");

        var (right, asked) = (0, 0);
        for (var draw = 0; draw < draws; draw++)
        {
            var random = Seeds.At(seed, draw);
            var gallery = groups.Select(g => g[random.Next(g.Length)]).ToArray();
            foreach (var probe in Enumerable.Range(0, n).Except(gallery))
            {
                asked++;
                if (people[gallery.MinBy(g => matrix[(probe * n) + g])] == people[probe]) right++;
            }
        }

        return (double)right / asked;
    }
}
