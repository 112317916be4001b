using System.Diagnostics;
using Xunit;

namespace FaceCourse.TestSupport;

/// <summary>Python tools that tests compare with, skipped where they are not installed.</summary>
internal static class Python
{
    public static string Skip(params string[] modules)
    {
        const string Interpreter = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Interpreter), $"{Interpreter} is not installed");
        foreach (var module in modules)
        {
            var (exitCode, _) = RunAsync(Interpreter, ["-c", $"import {module}"], CancellationToken.None).GetAwaiter().GetResult();
            Assert.SkipUnless(exitCode == 0, $"the Python module {module} is not installed");
        }

        return Interpreter;
    }

    public static async Task<(int ExitCode, string Text)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await error);
    }

    /// <summary>The environment in which Jupyter keeps everything it has in one folder.</summary>
    public static Dictionary<string, string> JupyterIn(string folder) => new()
    {
        ["JUPYTER_DATA_DIR"] = folder,
        ["JUPYTER_CONFIG_DIR"] = folder,
        ["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime"),
        ["IPYTHONDIR"] = folder,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["JUPYTER_ALLOW_INSECURE_WRITES"] = "1",
    };
}
