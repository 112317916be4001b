using FaceCourse.Images;

namespace FaceCourse.Faces;

/// <summary>A face found again in another version of its photo.</summary>
/// <param name="Face">The face as it was found there, with landmarks of its own.</param>
/// <param name="Of">Which face it is: a position in the list that was looked for.</param>
public sealed record FaceVersion(Face Face, int Of);

/// <summary>A second photo of everybody where there is only one: each photo is changed, and its faces are looked for again from the beginning.</summary>
/// <remarks>Such pairs are easier than two photos taken years apart, but whose they are is certain.</remarks>
public static class FaceVersions
{
    /// <summary>Changes the photos of some faces and finds the faces again.</summary>
    /// <param name="detector">Looks at the changed photos.</param>
    /// <param name="faces">The faces as they were found first; their photos are changed once each.</param>
    /// <param name="changes">What is done to a photo, one version each; <c>p => p</c> finds the faces as they are.</param>
    /// <returns>Version by version, in the order of <paramref name="faces"/>; a face that is not found again is left out.</returns>
    public static IReadOnlyList<FaceVersion> Find(FaceDetector detector, IReadOnlyList<Face> faces, params IReadOnlyList<Func<Photo, Photo>> changes)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentNullException.ThrowIfNull(changes);
        var photos = faces.Select(f => f.Photo).Distinct().ToList();
        var versions = new List<FaceVersion>();
        foreach (var change in changes)
        {
            var found = photos.SelectMany(photo => detector.Detect(change(photo))).ToList();
            versions.AddRange(faces.Select((face, i) => (Again: face.In(found), i)).Where(f => f.Again is not null).Select(f => new FaceVersion(f.Again!, f.i)));
        }

        return versions;
    }
}
