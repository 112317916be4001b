using System.Reflection;

namespace FaceCourse.Kernel;

/// <summary>What a host gives a session: which assemblies and namespaces every cell sees, where it works, how long a cell may run.</summary>
public sealed record KernelOptions
{
    /// <summary>Assemblies whose public types cells may use, besides the .NET framework. What they refer to comes along.</summary>
    public IReadOnlyList<Assembly> References { get; init; } = [];

    /// <summary>Namespaces (or <c>static Namespace.Type</c>) imported into every cell, besides the usual <c>System</c> ones.</summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>The folder that <c>#r "file.dll"</c> and <c>#!import</c> are relative to: the notebook's. An absolute path.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The longest a cell may run before it is stopped with an error; null means as long as it likes.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Called once on the session's first use, before any cell: the place to register formatters or load native files.</summary>
    public Action? Starting { get; init; }

    /// <summary>The folder that restored packages' projects are kept in; null means one below the user's cache folder.</summary>
    public string? PackageCache { get; init; }
}
