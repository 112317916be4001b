using FaceCourse.Assets;
using FaceCourse.Images;

namespace FaceCourse.Faces;

/// <summary>The six photographs that come with @vladmandic/face-api (MIT): groups of three to five people.</summary>
public static class SamplePhotos
{
    /// <summary>How many there are.</summary>
    public const int Count = 6;

    /// <summary>Loads all six.</summary>
    /// <exception cref="AssetException">The npm package is not to be had.</exception>
    public static IReadOnlyList<Photo> Load(AssetStore? store = null) => [.. Enumerable.Range(1, Count).Select(i => Load(i, store))];

    /// <summary>Loads one.</summary>
    /// <param name="number">1 to 6.</param>
    /// <param name="store">Null for the course's own.</param>
    public static Photo Load(int number, AssetStore? store = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Count);
        return Photo.Load((store ?? AssetStore.Default).Get($"face-api/demo/sample{number}.jpg"));
    }
}
