using System.ComponentModel;
using System.Diagnostics;

namespace FaceCourse.Studio.Doctor;

/// <summary>Runs a program of the machine and returns what it printed.</summary>
internal static class Tool
{
    /// <summary>Runs <paramref name="program"/> and waits for it.</summary>
    /// <param name="program">A name on the PATH; npm's command file is found on Windows too.</param>
    /// <param name="arguments">Passed one by one, never through a shell.</param>
    /// <param name="input">Written to its standard input, which is then closed.</param>
    /// <param name="folder">The working directory, or null for this process's.</param>
    /// <param name="ct">Ends the program.</param>
    /// <returns>Standard output when it exits with 0; null when it is missing or fails.</returns>
    public static async Task<string?> TryRunAsync(string program, string[] arguments, string? input, string? folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        try
        {
            using var process = Process.Start(start);
            if (process is null) return null;

            await using var _ = ct.Register(() => process.Kill(entireProcessTree: true));
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
            await Task.WhenAll(output, errors, process.WaitForExitAsync(ct));
            return process.ExitCode == 0 ? await output : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
    }
}
