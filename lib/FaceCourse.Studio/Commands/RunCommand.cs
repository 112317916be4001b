using System.CommandLine;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Notebook;
using FaceCourse.Notebook.Rendering;
using FaceCourse.Studio.Export;
using Spectre.Console;

namespace FaceCourse.Studio.Commands;

/// <summary><c>run</c>: executes notebooks from the first cell to the last and writes what they showed.</summary>
internal static class RunCommand
{
    private const int MostSeconds = 7 * 24 * 60 * 60;

    public static Command Create()
    {
        var paths = new Argument<FileSystemInfo[]>("notebooks") { Description = "Notebooks (.ipynb), or folders of them.", Arity = ArgumentArity.OneOrMore };
        var html = new Option<DirectoryInfo?>("--html") { Description = "Write the executed notebook and a self-contained HTML page into this folder." };
        var output = new Option<DirectoryInfo?>("--output") { Description = "Write only the executed notebook into this folder (default: out)." };
        var seconds = new Option<double>("--cell-timeout") { Description = "Seconds a cell may run before it is stopped.", DefaultValueFactory = _ => 600 };
        seconds.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is > 0 and <= MostSeconds)) result.AddError($"--cell-timeout is a number of seconds, more than 0 and at most {MostSeconds} (a week).");
        });
        var command = new Command("run", "Run notebooks from the first cell to the last.") { paths, html, output, seconds };
        command.SetAction((parse, ct) => RunAsync(
            AnsiConsole.Console,
            parse.GetRequiredValue(paths),
            (parse.GetValue(html) ?? parse.GetValue(output) ?? new DirectoryInfo("out")).FullName,
            page: parse.GetValue(html) is not null,
            TimeSpan.FromSeconds(parse.GetValue(seconds)),
            ct));
        return command;
    }

    /// <summary>Runs every notebook; a failing one does not keep the next from running.</summary>
    /// <returns>0 when all cells of all notebooks ran, 1 when one failed, 2 when a notebook could not be read or a result not be written.</returns>
    public static async Task<int> RunAsync(IAnsiConsole console, IReadOnlyList<FileSystemInfo> paths, string folder, bool page, TimeSpan cellTimeout, CancellationToken ct)
    {
        List<string> files = [.. paths.SelectMany(Notebooks)];
        if (files.Count == 0) return Refuse($"There is no notebook (.ipynb) in {string.Join(" or ", paths.Select(p => p.FullName))}.");
        if (files.GroupBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } same)
            return Refuse($"{string.Join(" and ", same)} have the same name, and one result would replace the other; run them one by one, each with its own folder.");

        try
        {
            Directory.CreateDirectory(folder);
            var worst = 0;
            foreach (var file in files)
            {
                worst = Math.Max(worst, await RunOneAsync(console, file, folder, page, cellTimeout, ct));
                if (ct.IsCancellationRequested) return 1;
            }

            return worst;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"The results cannot be written into {folder}: {e.Message.TrimEnd('.')}. Name another folder with --html or --output.");
        }

        int Refuse(string sentence)
        {
            console.MarkupLineInterpolated($"[red]✗[/] {sentence}");
            return 2;
        }
    }

    private static IEnumerable<string> Notebooks(FileSystemInfo path) => path is DirectoryInfo || Directory.Exists(path.FullName)
        ? Directory.GetFiles(path.FullName, "*.ipynb").Order(StringComparer.Ordinal)
        : [path.FullName];

    private static async Task<int> RunOneAsync(IAnsiConsole console, string file, string folder, bool page, TimeSpan cellTimeout, CancellationToken ct)
    {
        NotebookDocument notebook;
        try
        {
            notebook = NotebookDocument.Load(file);
        }
        catch (Exception e) when (e is NotebookFormatException or IOException or UnauthorizedAccessException)
        {
            console.MarkupLineInterpolated($"[red]✗[/] {e.Message}");
            return 2;
        }

        console.MarkupLineInterpolated($"[bold]{Path.GetFileName(file)}[/]");
        PlotlyHtml.BeginNotebook();
        Exercise.BeginNotebook();
        var options = CourseKernel.Options(Path.GetDirectoryName(Path.GetFullPath(file))!) with { CellTimeout = cellTimeout };
        var result = await new NotebookRunner(options).RunAsync(notebook, new CellLines(console).Report, ct);

        var executed = Path.Combine(folder, Path.GetFileName(file));
        notebook.Save(executed);
        console.MarkupLineInterpolated($"  {executed}");
        if (page)
        {
            var html = Path.ChangeExtension(executed, ".html");
            var typesetter = await Typesetter.CreateAsync(ct);
            NotebookPage.Write(JsonNode.Parse(await File.ReadAllTextAsync(executed, ct))!.AsObject(), html, Path.GetFileName(file), typesetter.Typeset);
            if (typesetter.Complaint is not null) console.MarkupLineInterpolated($"[yellow]![/] {typesetter.Complaint}");
            console.MarkupLineInterpolated($"  {html}");
        }

        return result.Succeeded ? 0 : 1;
    }
}
