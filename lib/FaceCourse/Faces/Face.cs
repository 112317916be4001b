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

    /// <summary>The face at the same place in another version of the photo (darker, smaller, compressed), or null if none was found there.</summary>
    /// <param name="others">The faces found in that version; faces of other photos are passed over.</param>
    public Face? In(IEnumerable<Face> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var mine = Relative(this);
        return others.Where(o => o.Photo.Original == Photo.Original).MaxBy(o => Relative(o).Iou(mine)) is { } best && Relative(best).Iou(mine) > 0.4 ? best : null;

        static Box Relative(Face face) => new(
            face.Box.X / face.Photo.Width, face.Box.Y / face.Photo.Height, face.Box.Width / face.Photo.Width, face.Box.Height / face.Photo.Height);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (score {Score:0.00})";
}
