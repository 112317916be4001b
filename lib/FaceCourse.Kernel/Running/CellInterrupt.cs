using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace FaceCourse.Kernel.Running;

/// <summary>What the loops and functions of compiled cells call, so that they can be stopped.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    // How many cells have been told to stop and have not ended. While it is zero, a check is one read.
    private static volatile int _stopping;

    /// <summary>Throws when the running cell has been interrupted. In every loop.</summary>
    /// <exception cref="OperationCanceledException">The cell has been interrupted.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check()
    {
        if (_stopping != 0) ThrowIfMine();
    }

    /// <summary>As <see cref="Check"/>, and throws while there is still stack left to throw on. In every function.</summary>
    /// <exception cref="InsufficientExecutionStackException">Functions have called each other too deeply.</exception>
    /// <exception cref="OperationCanceledException">The cell has been interrupted.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_stopping != 0) ThrowIfMine();
    }

    internal static void Stopping() => Interlocked.Increment(ref _stopping);

    internal static void Stopped() => Interlocked.Decrement(ref _stopping);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIfMine() => CellContext.Current?.Interrupted.ThrowIfCancellationRequested();
}
