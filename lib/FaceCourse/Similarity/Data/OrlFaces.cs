using FaceCourse.Assets;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>The ORL faces: 40 people, ten grey photos of each, taken at the Olivetti Research Laboratory, Cambridge, 1992–94.</summary>
public static class OrlFaces
{
    /// <summary>What the asset store calls them.</summary>
    public const string Asset = "faces/orl_faces";

    /// <summary>Whether they are here already, so that <see cref="Load(int, CancellationToken)"/> needs no network.</summary>
    public static bool AreHere => AssetStore.Default.Catalogue.Below(Asset).All(f => AssetStore.Default.TryGetLocal(f.Name, out _));

    /// <summary>Fetches (once) and decodes them.</summary>
    /// <param name="size">Pixels of each side of the square pictures, cut from the middle of the 92×112 photos.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>400 pictures [1,size,size]; people are numbered from 1 to 40 as in the collection.</returns>
    /// <exception cref="AssetException">They are neither here nor to be had.</exception>
    public static FaceSet Load(int size = 48, CancellationToken ct = default) => Read(AssetStore.Default.GetFolder(Asset, ct), size);

    /// <summary>Decodes a folder of folders <c>s1</c>, <c>s2</c>, … of PGM files.</summary>
    /// <exception cref="ImageException">A file is missing or damaged.</exception>
    public static FaceSet Read(string folder, int size = 48)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var files = Directory.GetDirectories(folder, "s*")
            .Select(d => (Person: int.TryParse(Path.GetFileName(d)[1..], out var person) ? person : 0, Folder: d))
            .Where(d => d.Person > 0).OrderBy(d => d.Person)
            .SelectMany(d => Directory.GetFiles(d.Folder, "*.pgm").Order(StringComparer.Ordinal).Select(f => (d.Person, File: f))).ToList();
        if (files.Count == 0) throw new ImageException($"There are no s1/*.pgm, s2/*.pgm, … in {folder}; give the folder that holds the people's folders.");

        var pictures = stack(files.Select(f => Square(ImageFile.Load(f.File)[..1], size)));
        return new FaceSet(pictures.MoveToOuterDisposeScope(), [.. files.Select(f => f.Person)], p => $"ORL {p}");
    }

    /// <summary>The largest square about the middle, made smaller by averaging.</summary>
    internal static Tensor Square(Tensor picture, int size)
    {
        var (height, width) = (picture.shape[1], picture.shape[2]);
        var side = Math.Min(height, width);
        return Resample.Area(picture.narrow(1, (height - side) / 2, side).narrow(2, (width - side) / 2, side), size, size);
    }
}
