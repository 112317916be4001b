using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Studio.Commands;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>A kernel that this machine can start.</summary>
/// <param name="Name">What notebooks call it.</param>
/// <param name="Folder">Where its kernelspec lies; null for our own, which needs no file.</param>
/// <param name="Spec">Its <c>kernel.json</c>.</param>
internal sealed record InstalledSpec(string Name, string? Folder, JsonObject Spec)
{
    /// <summary>True when it is interrupted by a message; else by a signal.</summary>
    public bool InterruptedByMessage => Spec["interrupt_mode"]?.ToString() == "message";

    /// <summary>Our own C# kernel: this very program.</summary>
    public static InstalledSpec Own { get; } = new(KernelSpecs.Name, null, new JsonObject
    {
        ["argv"] = new JsonArray([.. KernelCommand.Program().Select(p => (JsonNode)p), "kernel", "start", "--connection-file", "{connection_file}"]),
        ["env"] = new JsonObject { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        ["display_name"] = KernelCommand.DisplayName,
        ["language"] = "C#",
        ["interrupt_mode"] = "message",
        ["metadata"] = new JsonObject(),
    });

    /// <summary>All kernels of this machine by name, ours first; read anew each time, since one may have been installed meanwhile.</summary>
    public static IReadOnlyDictionary<string, InstalledSpec> All()
    {
        var all = new Dictionary<string, InstalledSpec>(StringComparer.Ordinal) { [Own.Name] = Own };
        foreach (var folder in KernelSpecs.Folders().Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories))
        {
            if (KernelSpecs.IsOurs(folder) || Read(folder) is not { } spec) continue;

            // Another program's kernel may have the name that ours goes by; it stays available under a longer one.
            var name = Path.GetFileName(folder).ToLowerInvariant();
            all.TryAdd(name == Own.Name ? $"{name}-installed" : name, new InstalledSpec(name, folder, spec));
        }

        return all;
    }

    /// <summary>What the API says about it.</summary>
    public JsonObject Model(string name)
    {
        var spec = (JsonObject)Spec.DeepClone();
        foreach (var (key, missing) in new (string, JsonNode)[] { ("env", new JsonObject()), ("metadata", new JsonObject()), ("language", ""), ("display_name", name), ("interrupt_mode", "signal") })
            spec[key] ??= missing;

        var resources = new JsonObject();
        foreach (var file in Folder is null ? [] : Directory.EnumerateFiles(Folder).Select(Path.GetFileName).OfType<string>())
        {
            if (file.StartsWith("logo-", StringComparison.Ordinal) || file is "kernel.js" or "kernel.css") resources[Path.GetFileNameWithoutExtension(file)] = $"/kernelspecs/{name}/{file}";
        }

        return new JsonObject { ["name"] = name, ["spec"] = spec, ["resources"] = resources };
    }

    private static JsonObject? Read(string folder)
    {
        try
        {
            var spec = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json"))) as JsonObject;
            return spec?["argv"] is JsonArray { Count: > 0 } argv && argv.All(a => a is JsonValue v && v.TryGetValue<string>(out _)) ? spec : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return null;
        }
    }
}
