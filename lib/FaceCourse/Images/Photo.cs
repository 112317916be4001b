using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>A photograph in memory: its pixels and a name to call it by.</summary>
/// <param name="pixels">[3,H,W], float32, RGB, 0…1; owned by the photo from now on.</param>
/// <param name="name">Such as the file's name without extension.</param>
public sealed class Photo(Tensor pixels, string name) : IDisposable
{
    private readonly Photo? _original;

    private Photo(Tensor pixels, string name, Photo original)
        : this(pixels, name) => _original = original;

    /// <summary>[3,H,W], float32, RGB, 0…1.</summary>
    public Tensor Pixels { get; } = pixels.DetachFromDisposeScope();

    /// <summary>What to call it.</summary>
    public string Name { get; } = name;

    /// <summary>The photo this one was made from by changing it, or itself.</summary>
    public Photo Original => _original ?? this;

    /// <summary>Pixels from left to right.</summary>
    public int Width => (int)Pixels.shape[2];

    /// <summary>Pixels from top to bottom.</summary>
    public int Height => (int)Pixels.shape[1];

    /// <summary>Decodes a file; see <see cref="ImageFile"/>.</summary>
    /// <exception cref="ImageException">The file is missing, is no picture, is cut short, or is too large.</exception>
    public static Photo Load(string path) => new(ImageFile.Load(path), Path.GetFileNameWithoutExtension(path));

    /// <summary>A new photo made from this one's pixels.</summary>
    /// <param name="change">Gets [3,H,W] and returns [3,H',W'].</param>
    /// <param name="what">What was done, for the new name: "sample1, darker".</param>
    public Photo With(Func<Tensor, Tensor> change, string what)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return new Photo(change(Pixels).MoveToOuterDisposeScope(), $"{Name}, {what}", Original);
    }

    /// <summary>The photo as a <c>data:</c> address, for an <c>img</c> element.</summary>
    public string ToDataUri(int longestSide = 1024) => ImageFile.ToDataUri(Pixels, longestSide);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Width}×{Height})";

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => Pixels.Dispose();
}
