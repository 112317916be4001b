using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Pictures of faces, and who is on each.</summary>
public sealed class FaceSet : IDisposable
{
    /// <summary>Takes pictures and people.</summary>
    /// <param name="pictures">[N,C,H,W], float32, 0…1, C = 1 (grey) or 3 (RGB); owned by the set from now on.</param>
    /// <param name="people">N numbers, one per picture; equal numbers are one person.</param>
    /// <param name="names">What to call a person; "person 7" unless told otherwise.</param>
    /// <exception cref="ArgumentException">The two do not belong together.</exception>
    public FaceSet(Tensor pictures, IReadOnlyList<int> people, Func<int, string>? names = null)
    {
        if (pictures.dim() != 4 || pictures.shape[0] != people.Count || pictures.shape[1] is not (1 or 3))
            throw new ArgumentException($"a set of {people.Count} faces needs pictures [{people.Count},1 or 3,H,W], not [{string.Join(',', pictures.shape)}]");

        Pictures = pictures.DetachFromDisposeScope();
        People = people;
        Name = names ?? (person => $"person {person}");
    }

    /// <summary>[N,C,H,W], float32, 0…1, on the CPU.</summary>
    public Tensor Pictures { get; }

    /// <summary>Who is on each picture.</summary>
    public IReadOnlyList<int> People { get; }

    /// <summary>What to call a person.</summary>
    public Func<int, string> Name { get; }

    /// <summary>N.</summary>
    public int Count => People.Count;

    /// <summary>How many different people there are.</summary>
    public int PeopleCount => People.Distinct().Count();

    /// <summary>A new set of the pictures at these positions.</summary>
    public FaceSet At(IReadOnlyList<int> positions)
    {
        using var scope = NewDisposeScope();
        return new FaceSet(
            Pictures.index_select(0, tensor(positions.Select(i => (long)i).ToArray())).MoveToOuterDisposeScope(),
            [.. positions.Select(i => People[i])],
            Name);
    }

    /// <summary>A new set of these people only.</summary>
    public FaceSet OfPeople(Func<int, bool> wanted) => At([.. Enumerable.Range(0, Count).Where(i => wanted(People[i]))]);

    /// <summary>A new set with at most this many pictures of each person.</summary>
    public FaceSet WithPicturesEach(int pictures) =>
        At([.. Enumerable.Range(0, Count).GroupBy(i => People[i]).SelectMany(g => g.Take(pictures)).Order()]);

    /// <summary>Keeps some people away from training: nobody is in both sets.</summary>
    /// <param name="unseen">How many people to keep away.</param>
    /// <param name="seed">Which ones; the same seed chooses the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many people.</exception>
    public (FaceSet Train, FaceSet Unseen) Split(int unseen, int seed = 0)
    {
        var people = People.Distinct().Order().ToArray();
        ArgumentOutOfRangeException.ThrowIfLessThan(unseen, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(unseen, people.Length);
        Seeds.At(seed, 0).Shuffle(people);
        var kept = people[..unseen].ToHashSet();
        return (OfPeople(p => !kept.Contains(p)), OfPeople(kept.Contains));
    }

    /// <summary>A picture as a <c>data:</c> address, for an <c>img</c> element.</summary>
    public string DataUri(int position)
    {
        using var scope = NewDisposeScope();
        return ImageFile.ToDataUri(Pictures[position]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Count} pictures of {PeopleCount} people, {string.Join('×', Pictures.shape[1..])}";

    /// <summary>Frees the pictures.</summary>
    public void Dispose() => Pictures.Dispose();
}
