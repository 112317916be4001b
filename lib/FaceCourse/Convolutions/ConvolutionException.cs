namespace FaceCourse.Convolutions;

/// <summary>A convolution, signal, volume or clip that cannot be; the message is one sentence or two that say why and what to do.</summary>
public sealed class ConvolutionException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    /// <param name="inner">What went wrong underneath, if anything did.</param>
    public ConvolutionException(string message, Exception? inner = null) : base(message, inner) { }
}
