using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>Jupyter Notebook as the distribution packs it, with our kernel registered by its own command, in a folder of the tests' own.</summary>
public sealed class JupyterServer : IAsyncDisposable
{
    private readonly Lazy<Task> _start;
    private Process? _process;

    public JupyterServer() => _start = new(StartAsync);

    /// <summary>The folder the server shows.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("jupyter-").FullName;

    /// <summary>With a slash at its end.</summary>
    public string Address { get; private set; } = "";

    public string Token { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Waits until the server answers; skips the test where Jupyter is missing.</summary>
    public Task ReadyAsync() => _start.Value;

    private async Task StartAsync()
    {
        var python = Python.Skip("notebook");
        var data = Path.Combine(Folder, ".jupyter");
        var environment = new Dictionary<string, string>
        {
            ["JUPYTER_DATA_DIR"] = data, ["JUPYTER_CONFIG_DIR"] = data, ["JUPYTER_RUNTIME_DIR"] = Path.Combine(data, "runtime"), ["IPYTHONDIR"] = data,
        };
        var (code, printed) = await Course.RunAsync(environment, "kernel", "install");
        Assert.True(code == 0, printed);

        var start = new ProcessStartInfo(python, ["-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={FreePort()}", $"--NotebookApp.token={Token}", $"--notebook-dir={Folder}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync();

        // The server writes where it listens into a file of its runtime folder.
        var waited = Stopwatch.StartNew();
        while (Address.Length == 0)
        {
            Assert.False(_process.HasExited, _process.HasExited ? await errors : "");
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "Jupyter Notebook did not start within a minute.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            var file = Path.Combine(data, "runtime", $"nbserver-{_process.Id}.json");
            if (File.Exists(file) && await File.ReadAllTextAsync(file) is { Length: > 0 } text) Address = (string)JsonNode.Parse(text)!["url"]!;
        }
    }

    // Taken in the meantime? Then the server takes another one, and its runtime file says which.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
