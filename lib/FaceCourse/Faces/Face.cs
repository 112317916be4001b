using FaceCourse.Images;

namespace FaceCourse.Faces;

/// <summary>A face found in a photo.</summary>
/// <param name="Photo">Where it was found.</param>
/// <param name="Index">Which face of the photo, from 0, most certain first.</param>
/// <param name="Box">Around the face, in the photo's pixels.</param>
/// <param name="Score">How certain the detector is, 0 to 1.</param>
/// <param name="Landmarks">68 points: jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, mouth 48–67.</param>
public sealed record Face(Photo Photo, int Index, Box Box, double Score, IReadOnlyList<Point> Landmarks)
{
    /// <summary>Such as "sample1 #2".</summary>
    public string Name => $"{Photo.Name} #{Index + 1}";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (score {Score:0.00})";
}
