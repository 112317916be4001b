namespace FaceCourse.Tensors;

/// <summary>How long work that was started without a token hears that it should stop.</summary>
/// <remarks>A notebook's cell calls <c>EncoderTraining.Run(f, faces)</c> and should be interruptible all the same, with the variables kept.</remarks>
public static class LongWork
{
    /// <summary>Asked once, where work begins that was given no token; set by a host whose user can interrupt, null elsewhere.</summary>
    public static Func<CancellationToken>? Interrupted { get; set; }

    /// <summary>The token that was given, or the host's.</summary>
    internal static CancellationToken Or(CancellationToken given) => given.CanBeCanceled ? given : Interrupted?.Invoke() ?? given;
}
