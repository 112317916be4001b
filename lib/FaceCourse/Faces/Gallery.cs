using static TorchSharp.torch;

namespace FaceCourse.Faces;

/// <summary>
/// Recognition, 1:K (lecture, section 1): K people with one or several encodings each, and the question which of them,
/// if any, a probe shows. Enrolling, removing and renaming people trains nothing: that is the point of learning a
/// distance instead of K classes (one-shot learning).
/// </summary>
/// <remarks>
/// <code>
/// using var gallery = Gallery.Open("people.db");
/// gallery.Enrol("Kian", encodings);
/// Recognition who = gallery.Recognise(probe);
/// </code>
/// The encodings are kept, not the photos; they are personal data all the same.
/// </remarks>
/// <param name="store">Where the encodings are; owned by the gallery from now on.</param>
/// <param name="threshold">τ, see <see cref="Threshold"/>.</param>
public sealed class Gallery(IGalleryStore store, double threshold = Gallery.UsualThreshold) : IDisposable
{
    /// <summary>The τ that the dlib face network was published with, for d, not d².</summary>
    public const double UsualThreshold = 0.6;

    private double _threshold = CheckThreshold(threshold);

    /// <summary>A probe is recognised when d ≤ τ. Choose it from data for your encoder and your photos, not by faith.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a number, or negative.</exception>
    public double Threshold
    {
        get => _threshold;
        set => _threshold = CheckThreshold(value);
    }

    /// <summary>Everybody who is enrolled, by name.</summary>
    public IReadOnlyList<EnrolledPerson> People => store.People();

    /// <summary>How many numbers an encoding has, or null while nothing has been enrolled.</summary>
    public int? Dimension => store.Dimension;

    /// <summary>Opens, or begins, a gallery in one SQLite file.</summary>
    /// <param name="path">The file; it is created if it does not exist.</param>
    /// <param name="threshold">τ.</param>
    /// <exception cref="GalleryException">The file is damaged, or no gallery, or cannot be written.</exception>
    public static Gallery Open(string path, double threshold = UsualThreshold) => new(new SqliteGalleryStore(path), threshold);

    /// <summary>A gallery that is forgotten with the program.</summary>
    /// <param name="threshold">τ.</param>
    public static Gallery InMemory(double threshold = UsualThreshold) => new(new MemoryGalleryStore(), threshold);

    /// <summary>Enrols encodings of a person: a new person, or more encodings of one who is there already.</summary>
    /// <param name="person">The name: any script, at most 200 characters.</param>
    /// <param name="encodings">[D] or [N,D], any device.</param>
    /// <exception cref="GalleryException">The name is empty, an encoding is not finite or has another dimension than the gallery's, or there is none.</exception>
    public void Enrol(string person, Tensor encodings)
    {
        var (numbers, dimension) = Numbers(encodings);
        var name = PersonName.Check(person);
        store.Add([.. Enumerable.Repeat(name, numbers.Length / dimension)], numbers, dimension);
    }

    /// <summary>Enrols many people at once, in one transaction: much faster than one after the other.</summary>
    /// <param name="people">The names, one per encoding; the same name may come several times.</param>
    /// <param name="encodings">[N,D], any device.</param>
    /// <exception cref="GalleryException">As above, or there are more or fewer names than encodings; then nobody is enrolled.</exception>
    public void Enrol(IReadOnlyList<string> people, Tensor encodings)
    {
        ArgumentNullException.ThrowIfNull(people);
        var (numbers, dimension) = Numbers(encodings);
        if (people.Count * dimension != numbers.Length) throw new GalleryException($"{people.Count} names were given for {numbers.Length / dimension} encodings; give one name per encoding.");
        store.Add([.. people.Select(PersonName.Check)], numbers, dimension);
    }

    /// <summary>Enrols one encoding of a person.</summary>
    /// <param name="person">The name: any script, at most 200 characters.</param>
    /// <param name="encoding">D numbers.</param>
    /// <exception cref="GalleryException">As for tensors.</exception>
    public void Enrol(string person, ReadOnlySpan<float> encoding)
    {
        var numbers = encoding.ToArray();
        Check(numbers, numbers.Length);
        store.Add([PersonName.Check(person)], numbers, numbers.Length);
    }

    /// <summary>Forgets a person and all of the person's encodings.</summary>
    /// <returns>How many encodings were forgotten.</returns>
    /// <exception cref="GalleryException">Nobody has this name.</exception>
    public int Remove(string person)
    {
        var name = PersonName.Check(person);
        return store.Remove(name) is > 0 and var count ? count : throw Nobody(name);
    }

    /// <summary>Gives a person another name.</summary>
    /// <exception cref="GalleryException">Nobody has the old name, or somebody else has the new one.</exception>
    public void Rename(string person, string newName)
    {
        var name = PersonName.Check(person);
        if (!store.Rename(name, PersonName.Check(newName))) throw Nobody(name);
    }

    /// <summary>Who is this? The nearest person within τ, or nobody.</summary>
    /// <param name="probe">D numbers.</param>
    /// <exception cref="GalleryException">The probe is not finite, or has another dimension than the gallery.</exception>
    public Recognition Recognise(ReadOnlySpan<float> probe)
    {
        var numbers = probe.ToArray();
        Check(numbers, numbers.Length);
        return Decide(store.Nearest(numbers, numbers.Length, 2)[0]);
    }

    /// <summary>Who are these? One answer per probe; a batch is much faster than one probe after the other.</summary>
    /// <param name="probes">[D] or [N,D], any device.</param>
    /// <exception cref="GalleryException">A probe is not finite, or has another dimension than the gallery.</exception>
    public IReadOnlyList<Recognition> Recognise(Tensor probes)
    {
        var (numbers, dimension) = Numbers(probes);
        return [.. store.Nearest(numbers, dimension, 2).Select(Decide)];
    }

    /// <summary>The nearest people of a probe, recognised or not, nearest first: a look at look-alikes.</summary>
    /// <param name="probe">D numbers.</param>
    /// <param name="people">How many at most.</param>
    /// <exception cref="GalleryException">The probe is not finite, or has another dimension than the gallery.</exception>
    public IReadOnlyList<GalleryMatch> Nearest(ReadOnlySpan<float> probe, int people = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 1);
        var numbers = probe.ToArray();
        Check(numbers, numbers.Length);
        return store.Nearest(numbers, numbers.Length, people)[0];
    }

    /// <summary>Closes the store.</summary>
    public void Dispose() => store.Dispose();

    private Recognition Decide(IReadOnlyList<GalleryMatch> nearest) => nearest.Count == 0
        ? new Recognition(null, null, null, Threshold)
        : new Recognition(nearest[0].Distance <= Threshold ? nearest[0].Person : null, nearest[0], nearest.Count > 1 ? nearest[1] : null, Threshold);

    private static (float[] Numbers, int Dimension) Numbers(Tensor encodings)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        if (encodings.dim() is not (1 or 2) || encodings.numel() == 0)
        {
            throw new GalleryException(
                $"Encodings are a tensor [D] or [N,D] with at least one of them; this one is [{string.Join(',', encodings.shape)}]. Was a face found in the photo?");
        }

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var numbers = encodings.detach().to(float32).cpu().contiguous().data<float>().ToArray();
        var dimension = (int)encodings.shape[^1];
        Check(numbers, dimension);
        return (numbers, dimension);
    }

    private static void Check(float[] numbers, int dimension)
    {
        if (dimension == 0) throw new GalleryException("An encoding without numbers cannot be compared. Was a face found in the photo?");
        for (var i = 0; i < numbers.Length; i++)
        {
            // 1e15 squared, and summed over any dimension that fits in memory, still is a float.
            if (float.IsFinite(numbers[i]) && Math.Abs(numbers[i]) < 1e15f) continue;
            throw new GalleryException($"Number {i % dimension} of encoding {i / dimension} is {numbers[i]}, which no encoder means: look for a division by zero on the way to it.");
        }
    }

    private static GalleryException Nobody(string name) => new($"Nobody in the gallery is called \"{name}\"; look at People for the names.");

    private static double CheckThreshold(double value)
    {
        if (double.IsNaN(value)) throw new ArgumentOutOfRangeException(nameof(value), "τ is a number.");
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value;
    }
}
