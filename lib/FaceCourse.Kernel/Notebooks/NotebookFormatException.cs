namespace FaceCourse.Kernel;

/// <summary>A file is no notebook that can be read; the message is one sentence that says why and what to do.</summary>
public sealed class NotebookFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NotebookFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
