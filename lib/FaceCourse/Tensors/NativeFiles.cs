using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using FaceCourse.Assets;

namespace FaceCourse.Tensors;

/// <summary>Finds libtorch's native files in the NuGet packages folder and loads them from there.</summary>
/// <remarks>
/// TorchSharp asks the runtime for "torch_cpu" and "LibTorchSharp". Neither lies beside the program (libtorch is half
/// a gigabyte and is not copied; LibTorchSharp may want a newer libstdc++ than the machine has), so the runtime raises
/// <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/>, and this class answers. Nothing is loaded before the first
/// tensor is made.
/// </remarks>
internal static partial class NativeFiles
{
    private const string NewestCxxVersion = "GLIBCXX_3.4.32";

    // Each file needs those before it; loaded in this order, no search path has to be set.
    private static readonly string[] LinuxCpuOrder = ["libgomp", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly Lock Gate = new();
    private static bool _loaded;
    private static int _subscribed;

    /// <summary>What happened while loading, in plain sentences; filled by the first load.</summary>
    public static List<string> Notes { get; } = [];

    /// <summary>The libtorch package this build was made for, such as <c>libtorch-cpu-linux-x64 2.10.0</c>.</summary>
    public static string Package { get; } = Metadata("FaceCourse.LibTorch") is [var name, var version, ..] ? $"{name} {version}" : "libtorch";

    /// <summary>"cpu" or "cuda": the build property FaceCourseDevice.</summary>
    public static string BuiltFor { get; } = Metadata("FaceCourse.Device") is [var device, ..] ? device : "cpu";

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Only subscribes; must be there before TorchSharp's first call.")]
    internal static void Subscribe()
    {
        if (Interlocked.Exchange(ref _subscribed, 1) == 0) AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
    }

    private static IntPtr Resolve(Assembly asking, string name)
    {
        if (name is not ("torch_cpu" or "torch_cuda" or "torch" or "LibTorchSharp")) return IntPtr.Zero;

        lock (Gate)
        {
            if (!_loaded)
            {
                LoadLibTorch();
                _loaded = true;
            }

            if (name == "LibTorchSharp") return LoadLibTorchSharp(asking);
            return NativeLibrary.TryLoad(PlatformName(name), out var handle) ? handle : IntPtr.Zero;
        }
    }

    private static void LoadLibTorch()
    {
        var folders = LibTorchFolders().ToList();
        if (folders.Count == 0)
        {
            throw new DllNotFoundException(
                $"libtorch was not found: the NuGet package {Package} is not under {string.Join(" or ", PackagesFolders())}. " +
                "Run 'dotnet restore' in the FaceCourse folder and try again.");
        }

        Notes.Add($"{Package}, used in place from {folders[0]}.");
        if (OperatingSystem.IsLinux() && BuiltFor == "cpu")
        {
            WaitQuietly();
            var files = Directory.GetFiles(folders[0]);
            foreach (var prefix in LinuxCpuOrder)
            {
                if (files.FirstOrDefault(f => Path.GetFileName(f).StartsWith(prefix, StringComparison.Ordinal)) is { } file)
                    NativeLibrary.Load(file);
            }

            return;
        }

        LoadAllInSomeOrder(folders);
    }

    // libgomp's threads spin while they wait for work. Two programs with libtorch (two notebooks, say) would burn each other's cores that
    // way and become many times slower. libgomp reads this from the C library's environment, which the runtime's own does not reach;
    // a value of the user's stays.
    private static void WaitQuietly()
    {
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) SetVariable("GOMP_SPINCOUNT", "20000", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);

    // The CUDA packages spread some thirty files over several folders, and their names change between versions.
    // Each round loads whatever has its needs met; it ends when a round brings nothing new.
    private static void LoadAllInSomeOrder(List<string> folders)
    {
        var extension = Path.GetExtension(PlatformName("x"));
        var waiting = folders.SelectMany(Directory.GetFiles)
            .Where(f => Path.GetFileName(f).Contains(extension, StringComparison.Ordinal))
            .Where(f => Path.GetFileName(f) is var n && !n.Contains("python", StringComparison.Ordinal) && !n.Contains("test", StringComparison.Ordinal))
            .ToList();
        for (var before = int.MaxValue; waiting.Count > 0 && waiting.Count < before;)
        {
            before = waiting.Count;
            waiting.RemoveAll(file => NativeLibrary.TryLoad(file, out _));
        }
    }

    private static IntPtr LoadLibTorchSharp(Assembly torchSharp)
    {
        var file = FindLibTorchSharp(torchSharp);
        if (file is null) return IntPtr.Zero;

        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e) when (OperatingSystem.IsLinux() && e.Message.Contains(NewestCxxVersion, StringComparison.Ordinal))
        {
            Notes.Add($"This system's libstdc++ is older than {NewestCxxVersion}: TorchSharp's native file is used through a private copy that does not insist on it.");
            return NativeLibrary.Load(RelaxedCopy(file));
        }
    }

    private static string RelaxedCopy(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var copy = Path.Combine(CacheFolder.Ensure("native", Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]), Path.GetFileName(file));
        if (ElfVersionNeeds.MarkWeak(bytes, NewestCxxVersion) == 0)
            throw new DllNotFoundException($"{file} wants {NewestCxxVersion}, and its version table has no such entry to relax");

        // The bytes are compared, not trusted: a half-written copy from a killed process is replaced.
        if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes)) return copy;

        var part = $"{copy}.{Environment.ProcessId}.part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, copy, overwrite: true);
        return copy;
    }

    private static string? FindLibTorchSharp(Assembly torchSharp)
    {
        var name = PlatformName("LibTorchSharp");
        var rid = Metadata("FaceCourse.LibTorch") is [_, _, var r] ? r : RuntimeInformation.RuntimeIdentifier;
        var version = torchSharp.GetName().Version?.ToString(3) ?? "";
        var candidates = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(torchSharp.Location) ?? "" }
            .SelectMany(folder => new[] { Path.Combine(folder, "runtimes", rid, "native", name), Path.Combine(folder, name) })
            .Concat(PackagesFolders().Select(p => Path.Combine(p, "torchsharp", version, "runtimes", rid, "native", name)));
        return candidates.FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> LibTorchFolders()
    {
        if (Metadata("FaceCourse.LibTorch") is not [var package, var version, var rid]) yield break;

        foreach (var packages in PackagesFolders().Where(Directory.Exists))
        {
            var names = BuiltFor == "cuda"
                ? Directory.GetDirectories(packages, "libtorch-cuda-*").Select(d => Path.GetFileName(d))
                : [package.ToLowerInvariant()];
            var found = names.Select(n => Path.Combine(packages, n, version, "runtimes", rid, "native")).Where(Directory.Exists).ToList();
            foreach (var folder in found) yield return folder;
            if (found.Count > 0) yield break;
        }
    }

    private static IEnumerable<string> PackagesFolders()
    {
        if (Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen) yield return chosen;
        if (AssemblyMetadata("FaceCourse.PackagesFolder") is { Length: > 0 } built) yield return built;
        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    }

    private static string PlatformName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    private static string[] Metadata(string key) => AssemblyMetadata(key)?.Split('/') ?? [];

    private static string? AssemblyMetadata(string key) =>
        typeof(NativeFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
}
