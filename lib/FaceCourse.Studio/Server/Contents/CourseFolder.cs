using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Contents;

/// <summary>The course folder with the student's work laid over it, and the fence around both.</summary>
/// <remarks>A path of the API names a file of the course; the copy in <c>work/</c> under the same path, if there is one, stands for it.</remarks>
internal sealed class CourseFolder
{
    /// <summary>The file of <see cref="Work"/> that says what the student has done.</summary>
    public const string ProgressName = "progress.json";

    private const int MostSegments = 32;
    private const int LongestSegment = 200;
    private static readonly HashSet<string> NotShown = new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", "node_modules" };
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "con", "prn", "aux", "nul", "conin$", "conout$", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "com¹", "com²", "com³", "lpt¹", "lpt²", "lpt³",
    };

    public CourseFolder(string root)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Work = Path.Combine(Root, "work");
        Files = new AtomicFiles(Path.Combine(Work, ".parts"));
    }

    /// <summary>The originals.</summary>
    public string Root { get; }

    /// <summary>The student's copies.</summary>
    public string Work { get; }

    /// <summary>Writes into <see cref="Work"/>.</summary>
    public AtomicFiles Files { get; }

    /// <summary>Checks a path of the API and names its two places.</summary>
    /// <param name="path">With forward slashes; those at either end do not count. Empty for the root.</param>
    /// <exception cref="ApiException">400 for what can be no path, 404 for what is not shown to anybody.</exception>
    public CoursePath Resolve(string? path)
    {
        var segments = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > MostSegments) throw new ApiException(StatusCodes.Status400BadRequest, "The path is too deep.");

        foreach (var segment in segments) Check(segment);
        if (segments.Length > 0 && IsOurs(segments[0])) throw NotHere(path!);

        var found = new CoursePath(string.Join('/', segments), Path.Combine([Root, .. segments]), Path.Combine([Work, .. segments]));
        CheckLinks(Root, segments, path);
        CheckLinks(Work, segments, path);
        return found;
    }

    /// <summary>Where a kernel of a notebook works: the notebook's own folder, the original if there is one.</summary>
    public string FolderOf(string notebook)
    {
        try
        {
            var folder = Resolve(notebook.Contains('/', StringComparison.Ordinal) ? notebook[..notebook.LastIndexOf('/')] : "");
            return Directory.Exists(folder.Original) ? folder.Original : Directory.Exists(folder.Copy) ? folder.Copy : Root;
        }
        catch (ApiException)
        {
            return Root;
        }
    }

    /// <summary>The names in a folder of the API, originals and copies together, in order.</summary>
    public static IEnumerable<string> Names(CoursePath folder)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var place in (string[])[folder.Original, folder.Copy])
        {
            if (Directory.Exists(place)) names.UnionWith(new DirectoryInfo(place).EnumerateFileSystemInfos().Where(i => i.LinkTarget is null).Select(i => i.Name));
        }

        return names.Where(n => IsShown(n) && !(folder.Path.Length == 0 && IsOurs(n)));
    }

    // At the top: the folder of the student's copies, which is laid over the originals, and what the Studio itself keeps in it.
    private static bool IsOurs(string name) =>
        string.Equals(name, "work", StringComparison.OrdinalIgnoreCase) || string.Equals(name, ProgressName, StringComparison.OrdinalIgnoreCase);

    private static bool IsShown(string segment)
    {
        try
        {
            Check(segment);
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    private static void Check(string segment)
    {
        if (segment.Length > LongestSegment) throw new ApiException(StatusCodes.Status400BadRequest, $"A name may have {LongestSegment} letters at most.");

        // The Windows forms are refused everywhere, so that a course folder made on one system is safe on the other.
        if (segment.Any(c => c is '\\' or ':' or '<' or '>' or '"' or '|' or '?' or '*' || char.IsControl(c)) || segment[^1] is '.' or ' '
            || Devices.Contains(segment.Split('.')[0].Trim()) || (OperatingSystem.IsWindows() && segment.Contains('~', StringComparison.Ordinal)))
            throw new ApiException(StatusCodes.Status400BadRequest, "A name may not hold \\ : < > \" | ? * or control characters, end in a dot or a space, or be a Windows device's.");

        if (segment[0] == '.' || NotShown.Contains(segment)) throw NotHere(segment);
    }

    // A link could lead anywhere, and where it leads may change after a look at it: none is followed below the two roots.
    private static void CheckLinks(string root, string[] segments, string? path)
    {
        var place = root;
        foreach (var segment in segments)
        {
            place = Path.Combine(place, segment);
            var info = new FileInfo(place);
            if (info.LinkTarget is not null) throw new ApiException(StatusCodes.Status403Forbidden, $"{path} leads through a link, and links are not followed here; copy the file instead.");
            if (!info.Exists && !Directory.Exists(place)) return;
        }
    }

    private static ApiException NotHere(string path) => new(StatusCodes.Status404NotFound, $"There is no {path} here.");
}

/// <summary>A checked path of the API.</summary>
/// <param name="Path">As the API writes it; empty for the root.</param>
/// <param name="Original">The course's own file or folder; need not exist.</param>
/// <param name="Copy">The student's; need not exist.</param>
internal sealed record CoursePath(string Path, string Original, string Copy)
{
    /// <summary>The last segment.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder it is in, as the API writes it.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public bool HasCopy => File.Exists(Copy);

    public bool HasOriginal => File.Exists(Original);

    public bool IsFolder => !HasCopy && !HasOriginal && (Directory.Exists(Original) || Directory.Exists(Copy));

    public bool Exists => HasCopy || HasOriginal || IsFolder;

    /// <summary>The file that is read: the copy if there is one.</summary>
    public string Shown => HasCopy ? Copy : Original;
}
