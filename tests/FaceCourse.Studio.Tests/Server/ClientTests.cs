using System.Diagnostics;
using System.Text.Json.Nodes;
using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>JupyterLab's own client library against the server, in both framings.</summary>
public sealed class ClientTests(Studio studio) : IClassFixture<Studio>
{
    [Fact]
    public async Task Files_are_made_saved_renamed_copied_kept_and_deleted()
    {
        var got = await RunAsync("contents", "v1");

        Assert.Equal(["Untitled Folder", "Untitled.ipynb", "Untitled1.ipynb", "Untitled-Copy1.ipynb"], Texts(got["names"]));
        Assert.Equal(["Untitled-Copy1.ipynb", "Untitled.ipynb", "Untitled1.ipynb", "b.bin", "ä b.txt"], Texts(got["listing"]));
        Assert.Equal(("tea", "tea", "AAEC/w=="), ((string)got["text"]!, (string)got["download"]!, (string)got["binary"]!));
        Assert.Equal("""["sha256",64,true]""", got["hash"]!.ToJsonString());
        Assert.Equal((1, 0, 1), ((int)got["checkpoints"]!, (int)got["checkpointsAfter"]!, (int)got["restored"]!));
        Assert.Equal((404, 400, 409, 404), ((int)got["missing"]!["status"]!, (int)got["notEmpty"]!["status"]!, (int)got["taken"]!["status"]!, (int)got["gone"]!["status"]!));
        Assert.Contains("nowhere.ipynb", (string?)got["missing"]!["message"]);
        Assert.NotNull(got["outside"]);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("json")]
    public async Task A_session_runs_cells_asks_completes_interrupts_and_changes_its_kernel(string framing)
    {
        var got = await RunAsync("sessions", framing);

        Assert.Equal((".net-csharp", "student", "C#"), ((string)got["defaultSpec"]!, (string)got["user"]!, (string)got["language"]!));
        Assert.Contains(".net-csharp", Texts(got["specs"]));
        Assert.Equal("notebooks", Plain(got["folder"]));
        Assert.Equal(("adding\n", "5050"), ((string)got["sum"]!["stdout"]!, Plain(got["sum"])));
        Assert.Equal("Ada Löwe", Plain(got["input"]));
        Assert.Equal("error", (string?)got["failure"]!["status"]);
        Assert.Contains("Sqrt", Texts(got["completion"]));
        Assert.True((bool)got["inspection"]!);
        Assert.True((int)got["history"]! >= 3);
        Assert.Equal(("incomplete", "ok", "error"), ((string)got["complete"]!, (string)got["comms"]!, (string)got["interrupted"]!));
        Assert.Equal("""[["notebooks/other.ipynb","other",".net-csharp"]]""", got["running"]!.ToJsonString());
        Assert.True((bool)got["found"]! && (bool)got["changed"]!);
        Assert.Equal(("error", 1, "[0,0]"), ((string)got["fresh"]!, (int)got["kernels"]!, got["left"]!.ToJsonString()));
        Assert.Equal(404, (int)got["badKernel"]!["status"]!);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("json")]
    public async Task Nothing_a_cell_says_is_lost_when_the_connection_breaks_and_every_restart_answers(string framing)
    {
        var got = await RunAsync("reconnect", framing);

        Assert.All(got["broken"]!.AsArray(), round => Assert.Equal("""["ok","0 1 2 3 4 5 6 7 8 9 10 11","end",true]""", round!.ToJsonString()));
        Assert.Equal(Enumerable.Range(100, 6).Select(n => $"{n}"), Texts(got["restarts"]));
    }

    [Fact]
    public async Task A_kernel_that_is_killed_comes_back_and_one_that_keeps_dying_stays_dead_until_it_is_restarted()
    {
        var got = await RunAsync("death", "v1");

        Assert.Contains("autorestarting", Texts(got["states"]));
        Assert.Equal("42", Plain(got["after"]));
        Assert.Contains("dead", Texts(got["last"]));
        Assert.Equal(("dead", "idle", "2"), ((string)got["model"]!, (string)got["restarted"]!, Plain(got["again"])));
    }

    [Fact]
    public async Task A_Python_kernel_runs_here_too_and_is_interrupted_by_a_signal()
    {
        Python.Skip("ipykernel");
        Assert.SkipUnless((await studio.GetAsync("/api/kernelspecs"))["kernelspecs"]!["python3"] is not null, "No python3 kernel is installed.");
        var got = await RunAsync("python", "v1");

        Assert.Equal(("hello\n", "42"), ((string)got["sum"]!["stdout"]!, Plain(got["sum"])));
        Assert.Equal("'name? Ada'", Plain(got["input"]));
        Assert.Equal("error", (string?)got["interrupted"]!["status"]);
        Assert.Equal("2", Plain(got["restarted"]));
    }

    private static IEnumerable<string?> Texts(JsonNode? array) => array!.AsArray().Select(t => (string?)t);

    private static string Plain(JsonNode? result) => (string)result!["data"]!["text/plain"]!;

    private async Task<JsonNode> RunAsync(string scenario, string framing)
    {
        var ct = TestContext.Current.CancellationToken;
        var scripts = Path.Combine(AppContext.BaseDirectory, "js");
        var packages = await NpmFolder.RestoreAsync(scripts, "JupyterLab's client library");
        var start = new ProcessStartInfo("node", [Path.Combine(scripts, "studio.mjs"), studio.Address, studio.Token, scenario, framing])
        {
            WorkingDirectory = packages, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(ct);
        var errors = node.StandardError.ReadToEndAsync(ct);
        await node.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromMinutes(3), ct);
        Assert.True(node.ExitCode == 0, await errors);
        var got = JsonNode.Parse((await output).TrimEnd().Split('\n')[^1])!; // the library logs before it
        Assert.True(got["failed"] is null, $"{got}\n{await output}");
        return got;
    }
}
