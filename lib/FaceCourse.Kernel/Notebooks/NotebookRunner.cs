using System.Diagnostics;
using FaceCourse.Kernel.Magics;
using FaceCourse.Kernel.Notebooks;

namespace FaceCourse.Kernel;

/// <summary>What a running notebook reports: one event when a code cell begins, one when it has ended.</summary>
/// <param name="Index">Which code cell, from 1.</param>
/// <param name="Total">How many code cells there are.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Result">How it ended; null while it runs.</param>
public sealed record CellProgress(int Index, int Total, NotebookCell Cell, CellResult? Result);

/// <summary>How a notebook run ended.</summary>
/// <param name="Succeeded">All code cells ran to their end.</param>
/// <param name="FailedCell">The cell that did not; the cells after it were not run.</param>
/// <param name="Failure">How that cell ended.</param>
/// <param name="Elapsed">How long the whole took.</param>
public sealed record NotebookRunResult(bool Succeeded, NotebookCell? FailedCell, CellResult? Failure, TimeSpan Elapsed);

/// <summary>Runs a notebook's C# cells in order in one session and writes outputs and counts back into the document.</summary>
/// <remarks>A cell tagged <c>raises-exception</c> may fail without ending the run; HTML, Markdown and JavaScript
/// cells are shown; cells of other languages are left alone.</remarks>
/// <example><code>
/// var document = NotebookDocument.Load("lesson.ipynb");
/// var result = await new NotebookRunner(options).RunAsync(document);
/// document.Save("lesson.executed.ipynb");
/// </code></example>
public sealed class NotebookRunner(KernelOptions options)
{
    private readonly KernelOptions _options = options ?? throw new ArgumentNullException(nameof(options));

    /// <summary>Runs the notebook, stopping at the first cell that fails.</summary>
    /// <param name="document">Its code cells are emptied, then filled.</param>
    /// <param name="progress">Hears of every cell twice, from the running thread.</param>
    /// <param name="cancellationToken">Interrupts the running cell and ends the run.</param>
    public async Task<NotebookRunResult> RunAsync(NotebookDocument document, Action<CellProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        var watch = Stopwatch.StartNew();
        var outputs = new NotebookOutputs();
        var cells = document.Cells.Where(IsOurs).ToList();
        foreach (var cell in document.Cells.Where(c => c.IsCode))
        {
            cell.Outputs.Clear();
            cell.ExecutionCount = null;
        }

        var session = new CSharpSession(_options);
        await using var _ = session.ConfigureAwait(false);
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i];
            progress?.Invoke(new CellProgress(i + 1, cells.Count, cell, null));
            var result = string.IsNullOrWhiteSpace(cell.Source)
                ? new CellResult(CellStatus.Ok, null, null, default)
                : await session.RunAsync(Code(cell), outputs.Begin(cell, session.ExecutionCount + 1), cancellationToken).ConfigureAwait(false);
            progress?.Invoke(new CellProgress(i + 1, cells.Count, cell, result));

            var expected = result.Status == CellStatus.Failed && cell.Tags.Contains("raises-exception");
            if (result.Status != CellStatus.Ok && !expected) return new NotebookRunResult(false, cell, result, watch.Elapsed);
        }

        return new NotebookRunResult(true, null, null, watch.Elapsed);
    }

    /// <summary>Whether a cell is code in a language that a session runs or shows.</summary>
    internal static bool IsOurs(NotebookCell cell) => cell.IsCode && (cell.Language is null || CellPart.IsLanguage(cell.Language));

    /// <summary>The cell as a session takes it: hosts that know its language from its metadata leave the line out that says so.</summary>
    internal static string Code(NotebookCell cell) =>
        cell.Language is null or CellPart.CSharp or "C#" ? cell.Source : $"#!{cell.Language}\n{cell.Source}";
}
