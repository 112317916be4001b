using FaceCourse.Kernel;
using Spectre.Console;

namespace FaceCourse.Studio.Commands;

/// <summary>Prints a line per cell while a notebook runs, and the failing cell when one fails.</summary>
internal sealed class CellLines(IAnsiConsole console)
{
    /// <summary>Hears of every cell twice; prints when it has ended.</summary>
    public void Report(CellProgress progress)
    {
        if (progress.Result is not { } result) return;

        var width = progress.Total.ToString().Length;
        var place = $"{progress.Index.ToString().PadLeft(width)}/{progress.Total}";
        var room = Math.Max(20, console.Profile.Width - (2 * width) - 14);
        var title = progress.Cell.Title.Length > room ? progress.Cell.Title[..(room - 1)] + "…" : progress.Cell.Title;
        var (sign, colour) = result.Status == CellStatus.Ok ? ("✓", "green") : ("✗", "red");
        console.MarkupLineInterpolated($"  [{colour}]{sign}[/] {place} {title} [grey]{result.Elapsed.TotalSeconds:0.0} s[/]");
        if (result.Error is { } error) ShowFailure(progress.Cell, error);
    }

    private void ShowFailure(NotebookCell cell, CellError error)
    {
        // Line by line as it is: a caret stands under its code only where nothing is wrapped.
        var plain = console.Profile.Out.Writer;
        plain.WriteLine();
        var number = 0;
        foreach (var line in cell.Source.Split('\n')) plain.WriteLine($"  {++number,4} │ {line}");
        plain.WriteLine();
        foreach (var line in error.Traceback) plain.WriteLine(line);
        plain.WriteLine();
    }
}
