using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceCourse.Kernel;

/// <summary>Registers the kernel for the user, where every Jupyter client looks.</summary>
public static class KernelSpecs
{
    /// <summary>The name that .NET notebooks ask for.</summary>
    public const string Name = ".net-csharp";

    // Says in the file that it is ours, so that nobody else's is ever removed or overwritten.
    private const string Mark = "facecourse";
    private static readonly string[] PythonEnvironments = ["VIRTUAL_ENV", "CONDA_PREFIX"];
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The user's kernels folder: <c>$JUPYTER_DATA_DIR/kernels</c>, or the platform's own place.</summary>
    public static string UserFolder => Path.Combine(DataFolder(), "kernels");

    /// <summary>Writes the kernelspec; an earlier one of ours is replaced.</summary>
    /// <param name="displayName">What clients show.</param>
    /// <param name="command">The program and its arguments; <c>{connection_file}</c> stands for the file.</param>
    /// <returns>The name it got (another than <see cref="Name"/> when a kernel of somebody else has that one), its folder, and whose kernel is in the way.</returns>
    public static (string Name, string Folder, string? InTheWay) Install(string displayName, IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var other = Folders().Select(f => Path.Combine(f, Name)).FirstOrDefault(f => File.Exists(Path.Combine(f, "kernel.json")) && !IsOurs(f));
        var name = other is null ? Name : $"{Name}-{Mark}";
        var folder = Path.Combine(UserFolder, name);
        Directory.CreateDirectory(folder);
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([.. command.Select(a => (JsonNode)a)]),
            ["display_name"] = displayName,
            ["language"] = "C#",
            ["interrupt_mode"] = "message",
            ["env"] = new JsonObject { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
            ["metadata"] = new JsonObject { ["installed_by"] = Mark },
        };
        var file = Path.Combine(folder, "kernel.json");
        File.WriteAllText(file + ".part", spec.ToJsonString(Layout) + "\n");
        File.Move(file + ".part", file, overwrite: true);
        return (name, folder, other);
    }

    /// <summary>Removes what <see cref="Install"/> wrote.</summary>
    /// <returns>The folders removed; empty when there was none.</returns>
    public static IReadOnlyList<string> Uninstall()
    {
        List<string> removed = [];
        foreach (var folder in (string[])[Path.Combine(UserFolder, Name), Path.Combine(UserFolder, $"{Name}-{Mark}")])
        {
            if (!IsOurs(folder)) continue;

            Directory.Delete(folder, recursive: true);
            removed.Add(folder);
        }

        return removed;
    }

    internal static bool IsOurs(string folder)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))?["metadata"]?["installed_by"]?.ToString() == Mark;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Where kernels are looked for, the first found wins: <c>$JUPYTER_PATH</c>, the user's, an active Python environment's, the system's.</summary>
    internal static IEnumerable<string> Folders()
    {
        var named = (Environment.GetEnvironmentVariable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var environments = PythonEnvironments.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(e => e.Length > 0);
        string[] system = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter", "kernels")]
            : ["/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels"];
        return [.. named.Select(n => Path.Combine(n, "kernels")), UserFolder, .. environments.Select(e => Path.Combine(e, "share", "jupyter", "kernels")), .. system];
    }

    private static string DataFolder()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen) return chosen;

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows()) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        return Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data : Path.Combine(home, ".local", "share"), "jupyter");
    }
}
