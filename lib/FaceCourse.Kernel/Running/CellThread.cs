namespace FaceCourse.Kernel.Running;

/// <summary>Runs one cell on a thread of its own and ends it when told to.</summary>
/// <remarks>
/// Stopping goes in three steps, each for what the one before cannot reach: the token and the checks in the cell's loops
/// and functions (<see cref="CellInterrupt"/>); after <see cref="Polite"/>, sleeps and waits of the thread are interrupted;
/// after <see cref="Grace"/>, the cell is left behind, and if its thread still runs (a library's own endless loop) it counts
/// as stuck. Aborting such a thread (ControlledExecution) was tried: one time in a hundred it takes the process along.
/// </remarks>
internal static class CellThread
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan Polite = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Runs the cell to its end, or until it has stopped or been given up after <paramref name="stop"/>.</summary>
    /// <returns>The cell's task when it ended (it may have failed), null when it was left behind; and whether it is stuck.</returns>
    public static async Task<(Task? Ended, bool Stuck)> RunAsync(Func<Task> cell, CancellationToken stop)
    {
        var synchronousPart = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(cell, synchronousPart), StackBytes) { IsBackground = true, Name = "notebook cell" };
        thread.Start();

        var whole = synchronousPart.Task.Unwrap();
        if (await EndsBefore(whole, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false)) return (whole, false);

        CellInterrupt.Stopping();
        try
        {
            if (await EndsBefore(whole, Task.Delay(Polite, CancellationToken.None)).ConfigureAwait(false)) return (whole, false);

            // A cell that only awaits something that never comes holds no thread: it is dropped, and nothing is stuck.
            if (synchronousPart.Task.IsCompleted) return (null, false);

            thread.Interrupt();
            if (await EndsBefore(whole, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false)) return (whole, false);

            return (null, !synchronousPart.Task.IsCompleted);
        }
        finally
        {
            CellInterrupt.Stopped();
        }
    }

    private static void Run(Func<Task> cell, TaskCompletionSource<Task> synchronousPart)
    {
        try
        {
            synchronousPart.SetResult(cell());
        }
        catch (Exception e)
        {
            synchronousPart.SetResult(Task.FromException(e));
        }
    }

    private static async Task<bool> EndsBefore(Task cell, Task limit) => await Task.WhenAny(cell, limit).ConfigureAwait(false) == cell;
}
