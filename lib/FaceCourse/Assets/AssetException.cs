namespace FaceCourse.Assets;

/// <summary>An asset is missing or broken. The message is one sentence or two for a student: what happened and what to do.</summary>
public sealed class AssetException : Exception
{
    /// <summary>An asset is missing or broken.</summary>
    public AssetException(string message) : base(message) { }

    /// <summary>An asset is missing or broken, because of <paramref name="inner"/>.</summary>
    public AssetException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>An asset is missing or broken.</summary>
    public AssetException() : base("An asset is missing or broken.") { }
}
