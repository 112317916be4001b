using System.Runtime.ExceptionServices;
using FaceCourse.Kernel.Compiling;

namespace FaceCourse.Kernel.Running;

/// <summary>Keeps the process alive when something a cell started throws where nobody can catch it.</summary>
/// <remarks>A thread of the cell's own, a timer, an <c>async void</c> method: .NET ends the process there, and with it
/// every variable of the session. Here only that thread ends, and the cell that started it says so.</remarks>
internal static class StrayExceptions
{
    private static int _installed;

    /// <summary>Takes over, once per process; a host that has a handler of its own keeps it.</summary>
    public static void Install()
    {
        if (Interlocked.Exchange(ref _installed, 1) != 0) return;

        try
        {
            ExceptionHandling.SetUnhandledExceptionHandler(Handle);
        }
        catch (InvalidOperationException)
        {
            // The host's own handler decides.
        }
    }

    // A timer's callback has left the cell's flow by the time this is called; the stack still tells whose code it was.
    private static bool Handle(Exception exception)
    {
        if ((CellContext.Current ?? SessionLoadContext.CellOf(exception)) is not { } cell) return false;

        // Stopped with its cell, as it should be.
        if (exception is OperationCanceledException or ThreadInterruptedException && cell.Interrupted.IsCancellationRequested) return true;

        var told = CellFailures.Describe(exception, cell.Source).Traceback;
        cell.Output.Stream("stderr", $"Nothing caught this exception on a thread that this cell started; the thread has ended:\n{string.Join('\n', told)}\n");
        return true;
    }
}
