using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FaceCourse.Kernel.Jupyter;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>One life of a kernel: its process, its ports, and our sockets to them. A restart makes another one.</summary>
internal sealed class KernelProcess : IDisposable
{
    private const int LinesKept = 40;
    private const int Sigint = 2;
    private static readonly TimeSpan Knock = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly KernelSockets _sockets;
    private readonly string _connectionFile;
    private readonly bool _interruptedByMessage;
    private readonly Queue<string> _lastWords = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private int _disposed;

    private KernelProcess(Process process, KernelSockets sockets, string connectionFile, bool interruptedByMessage)
    {
        (_process, _sockets, _connectionFile, _interruptedByMessage) = (process, sockets, connectionFile, interruptedByMessage);
        _sockets.Received += Receive;
    }

    /// <summary>Messages for clients; the answers to the server's own requests are not among them. On the sockets' thread: must not wait.</summary>
    public event Action<string, RawMessage>? Received;

    /// <summary>Completes when the process is gone, however it went.</summary>
    public Task Exited { get; private set; } = Task.CompletedTask;

    /// <summary>The process's exit code; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>What it last wrote on its error stream.</summary>
    public string LastWords
    {
        get
        {
            lock (_lastWords) return string.Join('\n', _lastWords);
        }
    }

    /// <summary>Bytes of memory it holds; null when that is not known.</summary>
    public long? Memory
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.HasExited ? null : _process.WorkingSet64;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
            {
                return null;
            }
        }
    }

    /// <summary>Starts the kernel; <see cref="ReadyAsync"/> tells when it listens.</summary>
    /// <param name="spec">Which kernel.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="runtime">Where connection files lie.</param>
    /// <param name="notebook">The notebook's path, for kernels that want to know.</param>
    /// <exception cref="ApiException">Its program is not on this machine.</exception>
    public static KernelProcess Start(InstalledSpec spec, string folder, string runtime, string? notebook)
    {
        var connection = FreePorts.NewConnection();
        Directory.CreateDirectory(runtime);
        var file = Path.Combine(runtime, $"kernel-{Guid.NewGuid():N}.json");
        connection.Save(file, spec.Name);

        var argv = spec.Spec["argv"]!.AsArray().Select(a => a!.GetValue<string>()
            .Replace("{connection_file}", file, StringComparison.Ordinal)
            .Replace("{resource_dir}", spec.Folder ?? "", StringComparison.Ordinal)).ToList();
        var start = new ProcessStartInfo(argv[0], argv.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in spec.Spec["env"] as JsonObject ?? []) start.Environment[name] = Expanded(value?.ToString() ?? "");

        // A kernel whose server was killed ends itself.
        start.Environment["JPY_PARENT_PID"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (notebook is not null) start.Environment["JPY_SESSION_NAME"] = notebook;

        KernelSockets? sockets = null;
        try
        {
            sockets = new KernelSockets(connection);
            var process = Process.Start(start)!;
            var kernel = new KernelProcess(process, sockets, file, spec.InterruptedByMessage);
            kernel.Begin();
            return kernel;
        }
        catch (Win32Exception e)
        {
            sockets?.Dispose();
            File.Delete(file);
            throw new ApiException(StatusCodes.Status500InternalServerError, $"The kernel {spec.Name} could not be started: its program {argv[0]} cannot be run ({e.Message}). Install it, or choose another kernel.");
        }
    }

    /// <summary>Completes when the kernel answers and what it broadcasts is heard here: no output can be lost from then on.</summary>
    public async Task ReadyAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _gone.Token);
        var both = Task.WhenAll(_answered.Task, _heard.Task);
        while (!both.IsCompleted)
        {
            if (!_answered.Task.IsCompleted) _sockets.Request("shell", "kernel_info_request", []);
            else _sockets.Request("control", "kernel_info_request", []);
            await Task.WhenAny(both, Task.Delay(Knock, either.Token));
            either.Token.ThrowIfCancellationRequested();
        }
    }

    public void Send(string channel, RawMessage message) => _sockets.Send(channel, message);

    /// <summary>Stops the running cell, by message or by signal as the kernel wants it.</summary>
    public void Interrupt()
    {
        // .NET has no way to send an interrupt, and Windows none to receive it: there, the message has to do.
        if (_interruptedByMessage || OperatingSystem.IsWindows()) _sockets.Request("control", "interrupt_request", []);
        else if (!_process.HasExited) _ = Kill(_process.Id, Sigint);
    }

    /// <summary>Asks the kernel to end, and ends it if it does not.</summary>
    public async Task ShutDownAsync(bool restart, TimeSpan grace)
    {
        if (!_process.HasExited)
        {
            _sockets.Request("control", "shutdown_request", new JsonObject { ["restart"] = restart });
            await Task.WhenAny(Exited, Task.Delay(grace));
        }

        KillTree();
        await Task.WhenAny(Exited, Task.Delay(TimeSpan.FromSeconds(5)));
    }

    /// <summary>Ends the process and closes the sockets.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;

        _gone.Cancel();
        KillTree();
        _sockets.Dispose();
        _process.Dispose();
        try
        {
            File.Delete(_connectionFile);
        }
        catch (IOException)
        {
            // The next start sweeps the folder.
        }
    }

    private void Begin()
    {
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (_lastWords)
            {
                _lastWords.Enqueue(line.Data.Length > 500 ? line.Data[..500] : line.Data);
                if (_lastWords.Count > LinesKept) _lastWords.Dequeue();
            }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitAsync();
        _sockets.Start();
    }

    // Not WaitForExitAsync alone: it also waits for the output pipes, which a grandchild may hold open for ever.
    private async Task WaitAsync()
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited) exited.TrySetResult();
        await exited.Task;
        await _gone.CancelAsync();
    }

    private void Receive(string channel, RawMessage message)
    {
        if (channel == "iopub") _heard.TrySetResult();
        if (Routing.Of(message.ParentHeader).Session == _sockets.Session)
        {
            var type = Routing.Of(message.Header).Type;
            if (type == "kernel_info_reply") _answered.TrySetResult();

            // Everybody is told that the kernel ends; all else was asked by the server for itself.
            if (!(type == "shutdown_reply" && channel == "iopub")) return;
        }

        Received?.Invoke(channel, message);
    }

    private void KillTree()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It went by itself meanwhile.
        }
    }

    // ${NAME} in a kernelspec's environment stands for the variable of that name.
    private static string Expanded(string value) => System.Text.RegularExpressions.Regex.Replace(value, @"\$\{(\w+)\}", m => Environment.GetEnvironmentVariable(m.Groups[1].Value) ?? m.Value);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
