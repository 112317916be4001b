namespace FaceCourse.Kernel.Running;

/// <summary>The cell that the current flow of code belongs to; follows awaits, tasks and threads the cell starts.</summary>
internal sealed class CellContext(ICellOutput output, CancellationToken interrupted)
{
    private static readonly AsyncLocal<CellContext?> Flow = new();

    public static CellContext? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    public ICellOutput Output { get; } = output;

    public CancellationToken Interrupted { get; } = interrupted;

    /// <summary>The current cell, or a sentence saying that there is none.</summary>
    public static CellContext Required => Current ?? throw new InvalidOperationException("This works only inside a notebook cell.");
}
