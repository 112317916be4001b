namespace FaceCourse.Images;

/// <summary>A picture file cannot be used; the message is one sentence that names the file and says what to do.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ImageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
