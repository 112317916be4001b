using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Kernel.Tests;

/// <summary>The kernel registered by its own command in a Jupyter folder of the tests' own.</summary>
public sealed class InstalledKernel : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernel-jupyter-").FullName;

    /// <summary>The built program.</summary>
    public static string Course { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "..", "lib", "FaceCourse.Studio", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "course.dll"));

    public static string Clients { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "clients"));

    public IReadOnlyDictionary<string, string> Environment => Python.JupyterIn(_folder);

    public string KernelFile => Path.Combine(_folder, "kernels", ".net-csharp", "kernel.json");

    public async ValueTask InitializeAsync() => await RunAsync("dotnet", [Course, "kernel", "install"]);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var (exitCode, text) = await Python.RunAsync(program, arguments, TestContext.Current.CancellationToken, Environment);
        Assert.True(exitCode == 0, text);
        return text;
    }
}
