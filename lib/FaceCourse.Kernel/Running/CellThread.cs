using System.Runtime;

namespace FaceCourse.Kernel.Running;

/// <summary>Runs one cell on a thread of its own and ends it when told to.</summary>
/// <remarks>
/// Stopping goes in three steps, each for what the one before cannot reach: the token and the checks in the cell's loops
/// (<see cref="CellInterrupt"/>); after <see cref="Polite"/>, sleeps and waits are interrupted and the thread is aborted (a
/// long call into a library); after <see cref="Grace"/>, the cell is left behind, and if its thread still runs it counts as stuck.
/// </remarks>
internal static class CellThread
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan Polite = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>Runs the cell to its end, or until it has stopped or been given up after <paramref name="stop"/>.</summary>
    /// <returns>The cell's task when it ended (it may have failed), null when it was left behind; and whether it is stuck.</returns>
    public static async Task<(Task? Ended, bool Stuck)> RunAsync(Func<Task> cell, CancellationToken stop)
    {
        using var abort = new CancellationTokenSource();
        var synchronousPart = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(cell, synchronousPart, abort.Token), StackBytes) { IsBackground = true, Name = "notebook cell" };
        thread.Start();

        var whole = synchronousPart.Task.Unwrap();
        if (await EndsBefore(whole, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false)) return (whole, false);

        CellInterrupt.Stopping();
        try
        {
            if (await EndsBefore(whole, Task.Delay(Polite, CancellationToken.None)).ConfigureAwait(false)) return (whole, false);

            // A cell that only awaits something that never comes holds no thread: it is dropped, and nothing is stuck.
            if (synchronousPart.Task.IsCompleted) return (null, false);

            // An abort waits for the thread to leave the runtime's own code, where a sleep or a lock may hold it for ever.
            thread.Interrupt();
            var aborting = abort.CancelAsync();
            if (await EndsBefore(whole, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false))
            {
                await aborting.ConfigureAwait(false);
                return (whole, false);
            }

            return (null, !synchronousPart.Task.IsCompleted);
        }
        finally
        {
            CellInterrupt.Stopped();
        }
    }

    private static void Run(Func<Task> cell, TaskCompletionSource<Task> synchronousPart, CancellationToken abort)
    {
        try
        {
            Task? task = null;
#pragma warning disable SYSLIB0046 // made for exactly this: code that a person typed and wants to stop
            ControlledExecution.Run(() => task = cell(), abort);
#pragma warning restore SYSLIB0046
            synchronousPart.SetResult(task!);
        }
        catch (Exception e)
        {
            synchronousPart.SetResult(Task.FromException(e));
        }
    }

    private static async Task<bool> EndsBefore(Task cell, Task limit) => await Task.WhenAny(cell, limit).ConfigureAwait(false) == cell;
}
