using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>The server as a student starts it: another process, which may be killed at any moment.</summary>
[Collection(nameof(Alone))]
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("course-").FullName;
    private readonly List<Process> _started = [];

    public ProcessTests()
    {
        Directory.CreateDirectory(Path.Combine(Root, "notebooks"));
        var notebook = NotebookDocument.Create();
        notebook.Add("code", "1");
        notebook.Save(Path.Combine(Root, "notebooks", "01-a.ipynb"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_folder, "course");

    private string Work => Path.Combine(Root, "work");

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_start_finds_the_first_and_a_taken_port_is_left_to_its_owner()
    {
        using var owner = new TcpListener(IPAddress.Loopback, 0);
        owner.Start();
        var taken = ((IPEndPoint)owner.LocalEndpoint).Port;
        var (first, printed) = await StartAsync("--port", $"{taken}");
        Assert.Contains($"Port {taken} is taken", printed);
        Assert.NotEqual(taken, first.BaseAddress!.Port);

        var (code, second) = await Course.RunAsync(Environment, "--no-browser", "--root", Root);
        Assert.Equal(0, code);
        Assert.Contains("already open", second);
        Assert.Contains($"127.0.0.1:{first.BaseAddress.Port}/?token=", second);

        using var ended = await first.PostAsync("/api/shutdown", null, Ct);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await _started[0].WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(15), Ct);
        Assert.Equal(0, _started[0].ExitCode);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "state", "servers")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "state", "runtime")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_ends_the_server_and_its_kernels_and_leaves_nothing_behind(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        var (client, _) = await StartAsync();
        await PostAsync(client, "/api/kernels", new JsonObject());
        await Task.Delay(500, Ct);
        using (var kill = Process.Start("kill", [$"-{signal}", $"{_started[0].Id}"])) await kill.WaitForExitAsync(Ct);
        await _started[0].WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(12), Ct);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "state", "servers")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "state", "runtime")));
        if (OperatingSystem.IsLinux()) Assert.Equal(0, Kernels());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        var (code, printed) = await Course.RunAsync(Environment, "--no-browser", "--root", Path.Combine(_folder, "nowhere"));
        Assert.Equal(2, code);
        Assert.Contains("nowhere", printed);
        Assert.NotEqual(0, (await Course.RunAsync(Environment, "--port", "70000")).Code);
    }

    [Fact]
    public async Task A_server_killed_while_it_saves_leaves_whole_files_and_no_kernels()
    {
        for (var round = 0; round < 3; round++)
        {
            var (client, _) = await StartAsync();
            await PostAsync(client, "/api/kernels", new JsonObject());
            var written = 0;
            var saving = Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
            {
                try
                {
                    while (true)
                    {
                        var letter = (char)('a' + Random.Shared.Next(26));
                        var notebook = NotebookDocument.Create();
                        notebook.Add("code", new string(letter, 300_000));
                        using var answer = await client.PutAsJsonAsync("/api/contents/notebooks/01-a.ipynb", new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = notebook.Json.DeepClone() }, Ct);
                        if (answer.IsSuccessStatusCode) Interlocked.Increment(ref written);
                    }
                }
                catch (HttpRequestException)
                {
                    // The server was killed.
                }
            }));
            await Task.Delay(400 + 150 * round, Ct);
            _started[^1].Kill(entireProcessTree: false);
            await saving.WaitAsync(TimeSpan.FromSeconds(20), Ct);

            Assert.True(written > 0, "nothing was saved before the kill");
            var saved = NotebookDocument.Load(Path.Combine(Work, "notebooks", "01-a.ipynb")).Cells[0].Source;
            Assert.Equal(300_000, saved.Length);
            Assert.Single(saved.Distinct());
        }

        // Kernels notice within seconds that nobody is there any more.
        if (OperatingSystem.IsLinux())
        {
            var clock = Stopwatch.StartNew();
            while (Kernels() > 0 && clock.Elapsed < TimeSpan.FromSeconds(15)) await Task.Delay(200, Ct);
            Assert.Equal(0, Kernels());
        }

        var (after, _) = await StartAsync();
        Assert.Contains("\"edited\":true", await after.GetStringAsync("/api/contents/notebooks/01-a.ipynb?content=0", Ct));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Work, ".parts")));
    }

    [Fact]
    public async Task A_full_disk_is_said_so_and_what_was_saved_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && await CanMountAsync(), "This machine lets the tests mount no small disk.");
        Directory.CreateDirectory(Work);
        var (client, _) = await StartWithAsync("unshare", ["-rm", "sh", "-c", $"mount -t tmpfs -o size=1m tmpfs '{Work}' && exec \"$0\" \"$@\"", "dotnet"]);
        Assert.Equal(HttpStatusCode.Created, (await SaveTextAsync(client, new string('a', 300_000))).Status);
        var (status, body) = await SaveTextAsync(client, new string('b', 900_000));
        Assert.Equal(HttpStatusCode.InsufficientStorage, status);
        Assert.Contains("The disk is full", (string?)body["message"]);
        Assert.Contains("aaaa", await client.GetStringAsync("/api/contents/notebooks/own.txt", Ct));
        Assert.Equal(HttpStatusCode.OK, (await SaveTextAsync(client, "short")).Status);
    }

    [Fact]
    public async Task The_page_is_served_and_the_first_cell_answers_within_seconds()
    {
        var clock = Stopwatch.StartNew();
        var (client, _) = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", Ct)).StatusCode);
        var served = clock.Elapsed;

        // A student reads for a moment before the first cell.
        await Task.Delay(2000, Ct);
        var session = await PostAsync(client, "/api/sessions", new JsonObject { ["path"] = "notebooks/01-a.ipynb", ["type"] = "notebook", ["name"] = "a", ["kernel"] = new JsonObject { ["name"] = ".net-csharp" } });
        clock.Restart();
        while ((string?)(JsonNode.Parse(await client.GetStringAsync($"/api/kernels/{session["kernel"]!["id"]}", Ct))!["execution_state"]) != "idle")
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "the kernel was never idle");
            await Task.Delay(20, Ct);
        }

        TestContext.Current.SendDiagnosticMessage($"page served after {served.TotalSeconds:0.00} s, kernel idle {clock.Elapsed.TotalSeconds:0.00} s after the session");
        Assert.True(served < TimeSpan.FromSeconds(15), $"served after {served}"); // 3 s on two quiet cores; tests share theirs
    }

    private Dictionary<string, string> Environment => new() { ["FACECOURSE_STATE"] = Path.Combine(_folder, "state") };

    private Task<(HttpClient Client, string Printed)> StartAsync(params string[] arguments) => StartWithAsync("dotnet", [], arguments);

    private async Task<(HttpClient Client, string Printed)> StartWithAsync(string program, string[] before, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, [.. before, Path.Combine(AppContext.BaseDirectory, "course.dll"), "--no-browser", "--root", Root, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        _started.Add(process);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        var printed = "";
        while (await process.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(40), Ct) is { } line)
        {
            printed += line + "\n";
            if (line.Trim() is not ['h', 't', 't', 'p', ..] address) continue;

            var uri = new Uri(address);
            var client = new HttpClient { BaseAddress = new Uri(uri.GetLeftPart(UriPartial.Authority)), Timeout = TimeSpan.FromSeconds(40) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", uri.Query["?token=".Length..]);
            return (client, printed);
        }

        throw new InvalidOperationException($"The server did not start: {printed}{await errors}");
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, Ct);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SaveTextAsync(HttpClient client, string text)
    {
        using var answer = await client.PutAsJsonAsync("/api/contents/notebooks/own.txt", new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = text }, Ct);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!);
    }

    private static async Task<bool> CanMountAsync()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(Ct);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private int Kernels() => Directory.EnumerateDirectories("/proc").Count(d =>
    {
        try
        {
            return File.Exists(Path.Combine(d, "cmdline")) && File.ReadAllText(Path.Combine(d, "cmdline")) is var line && line.Contains("kernel\0start", StringComparison.Ordinal) && line.Contains(_folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}
