namespace FaceCourse.Kernel;

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Ok,

    /// <summary>It did not compile, or threw.</summary>
    Failed,

    /// <summary>It was interrupted.</summary>
    Interrupted,

    /// <summary>It ran longer than <see cref="KernelOptions.CellTimeout"/> and was stopped.</summary>
    TimedOut,
}

/// <summary>The outcome of one cell.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">The value of the last expression, if there was one.</param>
/// <param name="Error">What went wrong; null when <paramref name="Status"/> is <see cref="CellStatus.Ok"/>.</param>
/// <param name="Elapsed">How long it took, compilation included.</param>
/// <param name="Stuck">The code was told to stop and did not: a thread is still busy, and the process should be replaced.</param>
public sealed record CellResult(CellStatus Status, object? Value, CellError? Error, TimeSpan Elapsed, bool Stuck = false);

/// <summary>An error as notebooks store it.</summary>
/// <param name="Name">The kind: <c>CompilationError</c>, or the exception's type.</param>
/// <param name="Message">One sentence (the first, when there are several).</param>
/// <param name="Traceback">What to show, line by line: the cell's own lines first.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback);
