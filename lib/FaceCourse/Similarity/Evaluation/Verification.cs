using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Verification, 1:1: are these two pictures one person?</summary>
public static class Verification
{
    /// <summary>Compares every pair of pictures once.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="distance">d; ‖x − y‖ unless told otherwise.</param>
    /// <exception cref="ArgumentException">There is no pair of one person, or none of two.</exception>
    public static Roc Of(Tensor encodings, IReadOnlyList<int> people, Distance? distance = null)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var matrix = (distance ?? Distance.L2).Pairwise(encodings.detach()).to(float64).cpu().data<double>().ToArray();
        var n = people.Count;
        if (matrix.Length != n * n) throw new ArgumentException($"{n} people need {n} encodings, not {encodings.shape[0]}");

        var (same, different) = (new List<double>(), new List<double>());
        for (var i = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++) (people[i] == people[j] ? same : different).Add(matrix[(i * n) + j]);
        }

        return new Roc(same, different);
    }
}
