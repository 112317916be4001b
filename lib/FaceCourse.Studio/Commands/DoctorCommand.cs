using System.CommandLine;
using FaceCourse.Studio.Doctor;
using Spectre.Console;

namespace FaceCourse.Studio.Commands;

/// <summary><c>doctor</c>: what this machine has, what it lacks, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Say what is found on this machine (SDK, Node, libtorch, device, weights) and how to mend what is not.");
        command.SetAction((_, ct) => RunAsync(AnsiConsole.Console, Checks.All(), ct));
        return command;
    }

    /// <summary>Runs the checks in order and prints a line for each.</summary>
    /// <returns>0 when nothing needed is missing, else 1.</returns>
    public static async Task<int> RunAsync(IAnsiConsole console, IEnumerable<Check> checks, CancellationToken ct)
    {
        var broken = 0;
        foreach (var check in checks)
        {
            var finding = await check.RunAsync(ct);
            var (sign, colour) = finding.Health switch
            {
                Health.Good => ("✓", "green"),
                Health.Limited => ("!", "yellow"),
                _ => ("✗", "red"),
            };
            if (finding.Health == Health.Missing) broken++;
            console.MarkupLineInterpolated($"[{colour}]{sign}[/] [bold]{check.Name}[/]: {finding.Words}");
            if (finding.Remedy is not null) console.MarkupLineInterpolated($"    → {finding.Remedy}");
        }

        console.WriteLine(broken == 0 ? "Ready." : $"{broken} thing{(broken == 1 ? "" : "s")} to mend first; the arrows say how.");
        return broken == 0 ? 0 : 1;
    }
}
