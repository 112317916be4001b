using FaceCourse.Images;

namespace FaceCourse.Faces;

/// <summary>A student's own photos: one folder per person, <c>data/people/&lt;name&gt;/*.jpg</c>. They never leave the machine.</summary>
public static class PeopleFolder
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".pgm"];

    /// <summary>Looks for <c>data/people</c> in a folder and in those above it: a notebook runs in the folder it lies in, or in one of copies.</summary>
    /// <param name="from">Where to begin; null for the current folder.</param>
    /// <returns>The nearest one's full path, or null when there is none.</returns>
    public static string? Find(string? from = null)
    {
        for (var folder = new DirectoryInfo(from ?? Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var people = Path.Combine(folder.FullName, "data", "people");
            if (Directory.Exists(people)) return people;
        }

        return null;
    }

    /// <summary>Enrols the largest face of every photo under its folder's name; a folder that does not exist enrols nobody.</summary>
    /// <param name="gallery">Where to.</param>
    /// <param name="reader">Finds and encodes the faces.</param>
    /// <param name="folder">The folder of folders; null for the nearest <c>data/people</c>, see <see cref="Find"/>.</param>
    /// <param name="progress">Told after each photo.</param>
    /// <param name="ct">Stops between two photos; what was enrolled stays.</param>
    /// <returns>What became of each photo. One bad photo does not keep the others out.</returns>
    public static IReadOnlyList<EnrolledPhoto> Enrol(
        Gallery gallery, FaceReader reader, string? folder = null, IProgress<EnrolledPhoto>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(reader);
        var results = new List<EnrolledPhoto>();
        folder ??= Find();
        if (!Directory.Exists(folder)) return results;

        foreach (var person in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.GetFiles(person).Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal))
            {
                ct.ThrowIfCancellationRequested();
                var result = new EnrolledPhoto(Path.GetFileName(person), file, EnrolOne(gallery, reader, Path.GetFileName(person), file));
                results.Add(result);
                progress?.Report(result);
            }
        }

        return results;
    }

    private static string? EnrolOne(Gallery gallery, FaceReader reader, string person, string file)
    {
        try
        {
            using var photo = Photo.Load(file);
            var faces = reader.Read(photo, largestOnly: true);
            if (faces.Count == 0) return "no face was found; take one that shows the face from the front, in good light";
            gallery.Enrol(person, faces[0].Encoding);
            return null;
        }
        catch (Exception e) when (e is ImageException or GalleryException)
        {
            return e.Message;
        }
    }
}

/// <summary>What became of one photo of a <see cref="PeopleFolder"/>.</summary>
/// <param name="Person">The folder's name.</param>
/// <param name="File">The photo.</param>
/// <param name="Problem">Why it was not enrolled, or null if it was.</param>
public sealed record EnrolledPhoto(string Person, string File, string? Problem);
