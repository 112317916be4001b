using System.Collections.Concurrent;
using System.Diagnostics;
using FaceCourse.Assets;
using FaceCourse.Kernel;
using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>The course's notebooks; each is run at most once, whichever test asks first.</summary>
internal static class CourseNotebooks
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<NotebookRun>>> Runs = new(StringComparer.Ordinal);

    // One at a time: two would slow each other down, and the time limit would mean nothing.
    private static readonly SemaphoreSlim Turn = new(1);

    private static readonly string Output = Directory.CreateTempSubdirectory("course-run-").FullName;

    static CourseNotebooks() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Output, recursive: true);

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Their names without extension, in the course's order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Path.Combine(Repository, "notebooks"), "*.ipynb").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>A row of theory data for each.</summary>
    public static TheoryData<string> Rows() => [.. Names];

    public static string File(string name) => Path.Combine(Repository, "notebooks", $"{name}.ipynb");

    /// <summary>The notebook as it is committed.</summary>
    public static NotebookDocument Load(string name) => NotebookDocument.Load(File(name));

    /// <summary>Runs a notebook with the <c>run</c> command; skips where not even the npm weights are to be had.</summary>
    public static Task<NotebookRun> RunAsync(string name)
    {
        SkipWithoutWeights();
        return Runs.GetOrAdd(name, n => new(() => ExecuteAsync(n))).Value;
    }

    /// <summary>Skips the test where not even the npm weights are to be had.</summary>
    public static void SkipWithoutWeights()
    {
        try
        {
            AssetStore.Default.Get("face-api/model/face_recognition_model.bin");
        }
        catch (AssetException e)
        {
            Assert.Skip(e.Message);
        }
    }

    private static async Task<NotebookRun> ExecuteAsync(string name)
    {
        await Turn.WaitAsync();
        try
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "course.dll"), "run", File(name), "--html", Output, "--cell-timeout", "300"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // Beside other work, two threads that wait for each other cost more than they bring.
                Environment = { ["OMP_NUM_THREADS"] = "1" },
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            var (cpu, memory) = (TimeSpan.Zero, 0L);
            var watch = Stopwatch.StartNew();
            while (!process.WaitForExit(250))
            {
                try
                {
                    process.Refresh();
                    (cpu, memory) = (process.TotalProcessorTime, Math.Max(memory, process.WorkingSet64));
                }
                catch (InvalidOperationException)
                {
                    // It ended between the two lines; what was seen last counts.
                }
            }

            return new NotebookRun(name, Path.Combine(Output, $"{name}.ipynb"), Path.Combine(Output, $"{name}.html"), process.ExitCode, await output + await errors, watch.Elapsed, cpu, memory);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "FaceCourse.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}

/// <summary>How a notebook's run went.</summary>
/// <param name="Name">Without extension.</param>
/// <param name="File">The executed notebook.</param>
/// <param name="Page">The HTML page.</param>
/// <param name="ExitCode">The command's.</param>
/// <param name="Printed">What the command printed.</param>
/// <param name="Elapsed">By the clock.</param>
/// <param name="Cpu">Over all cores.</param>
/// <param name="Memory">The most it held, in bytes.</param>
internal sealed record NotebookRun(string Name, string File, string Page, int ExitCode, string Printed, TimeSpan Elapsed, TimeSpan Cpu, long Memory);
