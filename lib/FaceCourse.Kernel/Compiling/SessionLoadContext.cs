using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FaceCourse.Kernel.Running;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Loads a session's compiled cells, and the assemblies and native files its <c>#r</c> lines brought.</summary>
/// <remarks>What the host has itself comes from the host, so that both mean the same types.</remarks>
internal sealed class SessionLoadContext() : AssemblyLoadContext("notebook session")
{
    private readonly ConcurrentDictionary<string, string> _managed = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, string> _native = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The session's latest cell.</summary>
    public CellContext? Cell { get; set; }

    /// <summary>The latest cell of the session whose code an exception came through; null when it came through none.</summary>
    public static CellContext? CellOf(Exception exception) => new StackTrace(exception).GetFrames()
        .Select(f => f.GetMethod()?.Module.Assembly).OfType<Assembly>()
        .Select(GetLoadContext).OfType<SessionLoadContext>()
        .FirstOrDefault()?.Cell;

    public void AddManaged(string file) => _managed.TryAdd(Path.GetFileNameWithoutExtension(file), file);

    public void AddNative(string file) => _native.TryAdd(Path.GetFileName(file), file);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || !_managed.TryGetValue(name, out var file) || FrameworkReferences.HostHas(assemblyName)) return null;
        return LoadFromAssemblyPath(file);
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        string[] names = OperatingSystem.IsWindows() ? [unmanagedDllName, $"{unmanagedDllName}.dll"]
            : OperatingSystem.IsMacOS() ? [unmanagedDllName, $"lib{unmanagedDllName}.dylib", $"{unmanagedDllName}.dylib"]
            : [unmanagedDllName, $"lib{unmanagedDllName}.so", $"{unmanagedDllName}.so"];
        foreach (var name in names)
            if (_native.TryGetValue(name, out var file)) return NativeLibrary.Load(file);
        return IntPtr.Zero;
    }
}
