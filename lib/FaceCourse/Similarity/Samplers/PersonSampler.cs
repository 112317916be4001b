namespace FaceCourse.Similarity;

/// <summary>P×K: every batch holds P people with K pictures each, so that every anchor finds positives and negatives.</summary>
/// <remarks>
/// FaceNet, section 3.2, and Hermans et al. 2017. A person with fewer than K pictures gives what there is. A person with one
/// picture has no positive and is left out.
/// </remarks>
public sealed class PersonSampler
{
    private readonly int[][] _pictures;
    private readonly int _seed;

    /// <summary>Makes the sampler.</summary>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="peoplePerBatch">P, at least 2; fewer when there are fewer.</param>
    /// <param name="picturesPerPerson">K, at least 2.</param>
    /// <param name="seed">The same seed gives the same batches.</param>
    /// <exception cref="ArgumentException">Fewer than two people have a positive pair, or P or K is below 2.</exception>
    public PersonSampler(IReadOnlyList<int> people, int peoplePerBatch = 16, int picturesPerPerson = 4, int seed = 0)
    {
        if (peoplePerBatch < 2 || picturesPerPerson < 2)
            throw new ArgumentException($"a batch needs at least 2 people with 2 pictures each to hold a triplet, not {peoplePerBatch}×{picturesPerPerson}");

        var groups = people.Select((person, picture) => (person, picture)).GroupBy(p => p.person, p => p.picture).Select(g => g.ToArray()).ToList();
        _pictures = [.. groups.Where(g => g.Length > 1)];
        LeftOut = groups.Count - _pictures.Length;
        if (_pictures.Length < 2)
        {
            throw new ArgumentException(
                $"of {groups.Count} people {LeftOut} have only one picture, so there is no anchor and positive to learn from: give at least two people two pictures each");
        }

        PeoplePerBatch = Math.Min(peoplePerBatch, _pictures.Length);
        PicturesPerPerson = picturesPerPerson;
        _seed = seed;
    }

    /// <summary>P.</summary>
    public int PeoplePerBatch { get; }

    /// <summary>K.</summary>
    public int PicturesPerPerson { get; }

    /// <summary>How many people have one picture only and never appear.</summary>
    public int LeftOut { get; }

    /// <summary>How many batches it takes until everyone has appeared once: what is called an epoch here.</summary>
    public int BatchesPerEpoch => (_pictures.Length + PeoplePerBatch - 1) / PeoplePerBatch;

    /// <summary>The positions of one batch's pictures.</summary>
    /// <param name="step">Which batch, from 0. It depends on the seed and this number only; in an epoch nobody is missed.</param>
    public int[] Batch(long step)
    {
        var (epoch, part) = Math.DivRem(step, BatchesPerEpoch);
        var order = Enumerable.Range(0, _pictures.Length).ToArray();
        Seeds.At(_seed, epoch).Shuffle(order);
        // The last batch of an epoch is filled up with the epoch's first people.
        var people = Enumerable.Range(0, PeoplePerBatch).Select(i => order[((part * PeoplePerBatch) + i) % order.Length]);
        var random = Seeds.At(~_seed, step);
        return [.. people.SelectMany(p => Draw(_pictures[p], random))];
    }

    private IEnumerable<int> Draw(int[] pictures, Random random)
    {
        var all = (int[])pictures.Clone();
        random.Shuffle(all);
        return all.Take(PicturesPerPerson);
    }
}
