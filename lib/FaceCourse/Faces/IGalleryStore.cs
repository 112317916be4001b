namespace FaceCourse.Faces;

/// <summary>Where a gallery keeps its encodings and finds the nearest ones: a file, memory, or a database server.</summary>
/// <remarks>
/// A store is told checked input only: names as <see cref="PersonName"/> writes them, finite numbers, one dimension.
/// Each call that changes something is one transaction. Stores may be used from several threads at once.
/// </remarks>
public interface IGalleryStore : IDisposable
{
    /// <summary>How many numbers an encoding has, or null while nothing has been enrolled.</summary>
    int? Dimension { get; }

    /// <summary>Everybody, by name.</summary>
    IReadOnlyList<EnrolledPerson> People();

    /// <summary>Adds encodings; unknown people are created. All are added or, on any error, none.</summary>
    /// <param name="people">One name per encoding; the same name may come several times.</param>
    /// <param name="encodings">The encodings, one after the other.</param>
    /// <param name="dimension">How many numbers each has.</param>
    /// <exception cref="GalleryException">The store cannot be written, or holds encodings of another dimension.</exception>
    void Add(IReadOnlyList<string> people, ReadOnlyMemory<float> encodings, int dimension);

    /// <summary>Forgets a person and all of the person's encodings.</summary>
    /// <returns>How many encodings were deleted; 0 when the person is unknown.</returns>
    int Remove(string person);

    /// <summary>Gives a person another name.</summary>
    /// <returns>false when the person is unknown.</returns>
    /// <exception cref="GalleryException">The new name belongs to somebody else.</exception>
    bool Rename(string person, string newName);

    /// <summary>For each probe the nearest people, nearest first, exactly.</summary>
    /// <param name="probes">One or several encodings, one after the other.</param>
    /// <param name="dimension">How many numbers each has.</param>
    /// <param name="people">How many different people to return at most.</param>
    /// <exception cref="GalleryException">The store cannot be read, or holds encodings of another dimension.</exception>
    IReadOnlyList<IReadOnlyList<GalleryMatch>> Nearest(ReadOnlyMemory<float> probes, int dimension, int people);
}
