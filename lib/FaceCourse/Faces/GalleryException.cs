namespace FaceCourse.Faces;

/// <summary>A gallery, an encoding or a name cannot be used; the message is one sentence that says why and what to do.</summary>
public sealed class GalleryException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence for a student.</param>
    /// <param name="inner">What went wrong underneath, if anything did.</param>
    public GalleryException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
