namespace FaceCourse.Similarity;

/// <summary>A training that cannot begin or go on; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence for a student.</param>
    /// <param name="inner">What went wrong underneath, if anything did.</param>
    public TrainingException(string message, Exception? inner = null) : base(message, inner) { }
}
