using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FaceCourse.Kernel;
using FaceCourse.Studio.Server.Contents;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Course;

/// <summary>The lecture's sections: the originals in <c>notebooks/</c>, with what the student has done of each.</summary>
internal sealed partial class NotebookList(CourseFolder folder, ProgressFile progress)
{
    private const string Shelf = "notebooks";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTime Modified, Facts Facts)> _known = new(StringComparer.Ordinal);

    private sealed record Facts(int? Number, string Title, string Section, int CodeCells, int Exercises);

    /// <summary>Where the notebooks are: <c>notebooks/</c>, or the root when there is no such folder.</summary>
    public string Folder => Directory.Exists(Path.Combine(folder.Root, Shelf)) ? Path.Combine(folder.Root, Shelf) : folder.Root;

    public JsonArray List()
    {
        var done = progress.Read();
        return [.. Originals().Select(o => (JsonNode)Entry(o, done))];
    }

    /// <summary>Puts a notebook back to the original; the copy is kept once, in case that was a slip of the hand.</summary>
    public async Task<JsonObject> ResetAsync(string file)
    {
        var place = folder.Resolve(file);
        if (!Originals().Any(o => o.Path == place.Path)) throw new ApiException(StatusCodes.Status404NotFound, $"There is no notebook {place.Path} in the course.");

        if (place.HasCopy)
        {
            var kept = Path.Combine([folder.Work, ".before-reset", .. place.Path.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            File.Move(place.Copy, kept, overwrite: true);
        }

        await progress.MergeAsync(new JsonObject { ["notebooks"] = new JsonObject { [place.Path] = null } });
        return Entry(place, progress.Read());
    }

    private IEnumerable<CoursePath> Originals()
    {
        var prefix = Folder == folder.Root ? "" : Shelf + "/";
        return Directory.EnumerateFiles(Folder, "*.ipynb").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).Select(n => TryResolve(prefix + n)).OfType<CoursePath>();
    }

    private CoursePath? TryResolve(string path)
    {
        try
        {
            return folder.Resolve(path);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private JsonObject Entry(CoursePath place, JsonObject done)
    {
        var facts = Known(place.Original);
        var mine = (done["notebooks"] as JsonObject)?[place.Path] as JsonObject;
        return new JsonObject
        {
            ["file"] = place.Path,
            ["number"] = facts.Number,
            ["title"] = facts.Title,
            ["section"] = facts.Section,
            ["edited"] = place.HasCopy,
            ["codeCells"] = facts.CodeCells,
            ["exercises"] = facts.Exercises,
            ["done"] = new JsonObject { ["run"] = Count(mine?["run"]), ["right"] = Count(mine?["right"]) },
        };
    }

    private static int Count(JsonNode? of) => of is JsonObject names ? names.Count(n => n.Value is not null && n.Value.ToString() != "false") : 0;

    private Facts Known(string file)
    {
        var modified = File.GetLastWriteTimeUtc(file);
        lock (_gate)
        {
            if (_known.TryGetValue(file, out var known) && known.Modified == modified) return known.Facts;
        }

        var facts = Read(file);
        lock (_gate) _known[file] = (modified, facts);
        return facts;
    }

    private static Facts Read(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var number = Numbered().Match(name) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : (int?)null;
        try
        {
            var notebook = NotebookDocument.Load(file);
            var title = notebook.Cells.SelectMany(c => c.Kind == "markdown" ? c.Source.Split('\n') : []).FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? name;
            return new Facts(
                number,
                title,
                TitleNumber().Replace(title, ""),
                notebook.Cells.Count(c => c.IsCode && !LoaderCell().IsMatch(c.Source)),
                notebook.Cells.Count(c => c.IsCode && ExerciseCall().IsMatch(c.Source)));
        }
        catch (Exception e) when (e is NotebookFormatException or IOException or UnauthorizedAccessException)
        {
            return new Facts(number, name, name, 0, 0);
        }
    }

    [GeneratedRegex(@"\bYourTurn\.\w+\(|\bExercise\.Named\(")]
    private static partial Regex ExerciseCall();

    // It loads the library in other hosts; here there is nothing to run in it, and the page does not count it either.
    [GeneratedRegex(@"^// In \.NET Interactive or VS Code")]
    private static partial Regex LoaderCell();

    [GeneratedRegex(@"^(\d{1,3})-")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^\d+\s*[·.:–-]\s*")]
    private static partial Regex TitleNumber();
}
