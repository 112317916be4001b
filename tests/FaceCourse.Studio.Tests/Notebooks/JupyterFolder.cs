using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>A Jupyter data folder of the tests' own, with the course's kernel installed in it.</summary>
internal sealed class JupyterFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("course-jupyter-").FullName;

    private Dictionary<string, string> Environment => new(Python.JupyterIn(_folder)) { ["OMP_NUM_THREADS"] = "1" };

    /// <summary>Registers the built kernel.</summary>
    public async Task InstallAsync()
    {
        var (code, text) = await Python.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "course.dll"), "kernel", "install"], TestContext.Current.CancellationToken, Environment);
        Assert.True(code == 0, text);
    }

    /// <summary>Executes a notebook of the course with <c>jupyter nbconvert --execute</c>.</summary>
    /// <returns>The executed notebook.</returns>
    public async Task<string> NbconvertAsync(string name)
    {
        var executed = Path.Combine(_folder, $"{name}.ipynb");
        var (code, text) = await Python.RunAsync(
            "/usr/bin/python3",
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", "--output", executed, CourseNotebooks.File(name)],
            TestContext.Current.CancellationToken, Environment);
        Assert.True(code == 0, text);
        return executed;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
