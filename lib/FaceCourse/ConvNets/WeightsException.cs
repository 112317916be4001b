namespace FaceCourse.ConvNets;

/// <summary>A file of weights that cannot be used; the message says why and what to do.</summary>
public sealed class WeightsException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence for a student.</param>
    /// <param name="inner">What went wrong underneath, if anything did.</param>
    public WeightsException(string message, Exception? inner = null) : base(message, inner) { }
}
