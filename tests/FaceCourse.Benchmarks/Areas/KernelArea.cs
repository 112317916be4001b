using System.Diagnostics;
using System.Text.Json;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>The C# kernel beside ipykernel on the Python equivalent, both driven by jupyter_client (Debian: python3-ipykernel).</summary>
internal sealed class KernelArea : IArea
{
    private const string Python = "/usr/bin/python3";
    private const int Pairs = 4;

    public string Name => "kernel";

    public async Task RunAsync(Ratios ratios)
    {
        var script = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "FaceCourse.Kernel.Tests", "clients", "timings.py"));
        if (!File.Exists(Python) || !File.Exists(script))
        {
            ratios.Note($"{Python} with jupyter_client and ipykernel is needed; nothing was measured");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("kernel-benchmark-").FullName;
        try
        {
            await RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "course.dll"), "kernel", "install"], folder);
            var rounds = (await RunAsync(Python, [script, (Pairs + 1).ToString()], folder))
                .Split('\n').Where(l => l.StartsWith('{')).Skip(1).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            Report("start to ready", "start", "≥ 0.33");
            Report("first cell", "first", "(no aim: the compiler is still loading)");
            Report("trivial cell, median of 200", "trivial", "≥ 0.33");
            Report("100 trivial cells", "hundred", "≥ 0.33");
            Report("completion", "complete", "(no aim as a ratio)");
            var completion = rounds.Select(r => r.GetProperty("ours").GetProperty("complete").GetDouble() * 1000).Order().ElementAt(rounds.Count / 2);
            ratios.Note($"completion of a tensor's member: {completion:0} ms (aim: under 150)");

            void Report(string what, string key, string aim) =>
                ratios.Report(what, rounds.Select(r => r.GetProperty("theirs").GetProperty(key).GetDouble() / r.GetProperty("ours").GetProperty(key).GetDouble()), aim);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string jupyterFolder)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["JUPYTER_DATA_DIR"] = jupyterFolder;
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
