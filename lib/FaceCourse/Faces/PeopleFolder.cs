using FaceCourse.Images;

namespace FaceCourse.Faces;

/// <summary>A student's own photos: one folder per person, <c>data/people/&lt;name&gt;/*.jpg</c>. They never leave the machine.</summary>
public static class PeopleFolder
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".pgm"];

    /// <summary>Enrols the largest face of every photo under its folder's name; a folder that does not exist enrols nobody.</summary>
    /// <param name="gallery">Where to.</param>
    /// <param name="reader">Finds and encodes the faces.</param>
    /// <param name="folder">The folder of folders.</param>
    /// <param name="progress">Told after each photo.</param>
    /// <param name="ct">Stops between two photos; what was enrolled stays.</param>
    /// <returns>What became of each photo. One bad photo does not keep the others out.</returns>
    public static IReadOnlyList<EnrolledPhoto> Enrol(
        Gallery gallery, FaceReader reader, string folder = "data/people", IProgress<EnrolledPhoto>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(reader);
        var results = new List<EnrolledPhoto>();
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
