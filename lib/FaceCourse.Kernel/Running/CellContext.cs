using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Running;

/// <summary>The cell that the current flow of code belongs to; follows awaits, tasks and threads the cell starts.</summary>
internal sealed class CellContext(ICellOutput output, Func<string, SourceText?> source, CancellationToken interrupted)
{
    private static readonly AsyncLocal<CellContext?> Flow = new();

    public static CellContext? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    public ICellOutput Output { get; } = output;

    /// <summary>The text of a cell by the name that stack frames call it; null when there is none.</summary>
    public Func<string, SourceText?> Source { get; } = source;

    public CancellationToken Interrupted { get; } = interrupted;

    /// <summary>The current cell, or a sentence saying that there is none.</summary>
    public static CellContext Required => Current ?? throw new InvalidOperationException("This works only inside a notebook cell.");
}
