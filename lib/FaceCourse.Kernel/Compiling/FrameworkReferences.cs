using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Finds what cells compile against: the .NET framework, and the host's assemblies with all they refer to.</summary>
internal static class FrameworkReferences
{
    private static readonly ConcurrentDictionary<string, MetadataReference> Cache = new(StringComparer.Ordinal);
    private static readonly Lazy<Dictionary<string, string>> Trusted = new(ReadTrusted);
    private static readonly Lazy<List<string>> FrameworkFiles = new(FindFramework);

    /// <summary>The framework's reference assemblies (they bring documentation), or its own files where no SDK is installed.</summary>
    public static IEnumerable<string> Framework => FrameworkFiles.Value;

    /// <summary>The files of the given assemblies and of everything they refer to, framework excluded.</summary>
    public static IEnumerable<string> Closure(IEnumerable<Assembly> assemblies)
    {
        var framework = Framework.Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Queue<string>(assemblies.Where(a => a.Location.Length > 0).Select(a => a.Location));
        while (waiting.TryDequeue(out var file))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (framework.Contains(name) || !found.TryAdd(name, file)) continue;

            foreach (var needed in ReferencedNames(file))
                if (Trusted.Value.TryGetValue(needed, out var path)) waiting.Enqueue(path);
        }

        return found.Values;
    }

    /// <summary>The reference for a file, with its documentation when an .xml file lies beside it.</summary>
    public static MetadataReference For(string file) => Cache.GetOrAdd(file, static f =>
    {
        var documentation = Path.ChangeExtension(f, ".xml");
        return MetadataReference.CreateFromFile(f, documentation: File.Exists(documentation) ? new DocumentationFile(documentation) : null);
    });

    /// <summary>Whether the host itself can load an assembly of this name, in this version or a newer one.</summary>
    public static bool HostHas(AssemblyName assembly) =>
        assembly.Name is { } name
        && Trusted.Value.TryGetValue(name, out var file)
        && (assembly.Version is null || AssemblyName.GetAssemblyName(file).Version >= assembly.Version);

    private static List<string> ReferencedNames(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        var metadata = pe.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private static Dictionary<string, string> ReadTrusted() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key!, g => g.First(), StringComparer.OrdinalIgnoreCase);

    private static List<string> FindFramework()
    {
        var running = RuntimeEnvironment.GetRuntimeDirectory();
        var root = Path.GetFullPath(Path.Combine(running, "..", "..", ".."));
        var packs = Path.Combine(root, "packs", "Microsoft.NETCore.App.Ref");
        var major = $"{Environment.Version.Major}.";
        var pack = !Directory.Exists(packs) ? null : Directory.GetDirectories(packs)
            .Where(d => Path.GetFileName(d).StartsWith(major, StringComparison.Ordinal))
            .OrderByDescending(d => Version.TryParse(Path.GetFileName(d), out var v) ? v : new Version())
            .Select(d => Path.Combine(d, "ref", $"net{Environment.Version.Major}.0"))
            .FirstOrDefault(Directory.Exists);
        if (pack is not null) return [.. Directory.GetFiles(pack, "*.dll")];

        return [.. Directory.GetFiles(running, "*.dll").Where(IsManaged)];
    }

    private static bool IsManaged(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        return pe.HasMetadata;
    }
}
