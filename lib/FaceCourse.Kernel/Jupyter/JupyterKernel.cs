using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using FaceCourse.Kernel.Jupyter;
using FaceCourse.Kernel.Magics;

namespace FaceCourse.Kernel;

/// <summary>A C# session behind Jupyter's messaging protocol, for any client: JupyterLab, Notebook, VS Code, nbconvert.</summary>
/// <example><code>return await JupyterKernel.RunAsync(connectionFile, options);</code></example>
public sealed class JupyterKernel : IAsyncDisposable
{
    /// <summary>The version of the messaging protocol spoken.</summary>
    public const string ProtocolVersion = "5.3";

    /// <summary>What <see cref="RunAsync(string, KernelOptions)"/> returns when a cell could not be stopped and the process must be replaced.</summary>
    public const int MustRestart = 75;

    private readonly CSharpSession _session;
    private readonly Jupyter.Channels _channels;
    private readonly InputChannel _input;
    private readonly CellHistory _history = new();
    private readonly Channel<JupyterMessage> _requests = Channel.CreateUnbounded<JupyterMessage>();
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, bool> _complained = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private int _toAbort;
    private int _count;

    private JupyterKernel(ConnectionInfo connection, KernelOptions options)
    {
        _session = new CSharpSession(options);
        _channels = new Jupyter.Channels(connection);
        _input = new InputChannel(_channels);
        _channels.ShellMessage += m => _requests.Writer.TryWrite(m);
        _channels.ControlMessage += HandleControl;
        _channels.Dropped += Complain;
    }

    /// <summary>Serves a connection until a client shuts the kernel down (or the process that started it is gone).</summary>
    /// <param name="connectionFile">The file Jupyter wrote.</param>
    /// <param name="options">What cells may use.</param>
    /// <returns>The process's exit code: 0, or <see cref="MustRestart"/>.</returns>
    /// <exception cref="InvalidDataException">The file is no connection file.</exception>
    public static async Task<int> RunAsync(string connectionFile, KernelOptions options)
    {
        var kernel = new JupyterKernel(ConnectionInfo.Load(connectionFile), options);
        await using var _ = kernel.ConfigureAwait(false);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            kernel.Interrupt();
        });
        return await kernel.ServeAsync().ConfigureAwait(false);
    }

    private async Task<int> ServeAsync()
    {
        _channels.Start();
        _channels.Publish("status", null, new JsonObject { ["execution_state"] = "starting" });
        var serving = Task.Run(HandleShellAsync);
        _ = WarmUpAsync();
        _ = WatchParentAsync();
        return await await Task.WhenAny(_ended.Task, serving).ConfigureAwait(false);
    }

    /// <summary>Closes the channels; a cell that still runs is told to stop, and not waited for long.</summary>
    public async ValueTask DisposeAsync()
    {
        _channels.Dispose();
        await Task.WhenAny(_session.DisposeAsync().AsTask(), Task.Delay(TimeSpan.FromSeconds(0.5))).ConfigureAwait(false);
    }

    // The compiler loads while the client still connects and the person still reads.
    private async Task WarmUpAsync()
    {
        try
        {
            await Task.Run(() => _session.WarmUpAsync()).ConfigureAwait(false);
            _session.Complete("\"\".", 3);
        }
        catch (Exception e)
        {
            Complain($"(warming up failed: {e.Message})");
        }
    }

    private async Task<int> HandleShellAsync()
    {
        await foreach (var request in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Status(request, "busy");
            var stuck = false;
            try
            {
                if (IsAborted() && request.Type == "execute_request") Reply(request, new JsonObject { ["status"] = "aborted" });
                else stuck = await HandleAsync(request).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // A fault of this kernel, not of a cell: the client gets an answer all the same.
                var reply = CellChannel.ErrorContent(new CellError(e.GetType().Name, e.Message, [e.ToString()]));
                reply["status"] = "error";
                Reply(request, reply);
            }

            Status(request, "idle");
            if (stuck) return Restart(request);
        }

        return 0;
    }

    private async Task<bool> HandleAsync(JupyterMessage request)
    {
        switch (request.Type)
        {
            case "execute_request":
                return await ExecuteAsync(request).ConfigureAwait(false);
            case "kernel_info_request":
                Reply(request, KernelInfo());
                break;
            case "complete_request":
                Reply(request, Complete(request.Content));
                break;
            case "inspect_request":
                Reply(request, Inspect(request.Content));
                break;
            case "is_complete_request":
                Reply(request, IsComplete(request.Content));
                break;
            case "history_request":
                Reply(request, new JsonObject { ["status"] = "ok", ["history"] = _history.Answer(request.Content) });
                break;
            case "comm_info_request":
                Reply(request, new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() });
                break;
            case "comm_open":
                // There are no comm targets here; the protocol's answer to an unknown one is to close it.
                _channels.Publish("comm_close", request.Header, new JsonObject { ["comm_id"] = request.Content.Text("comm_id"), ["data"] = new JsonObject() });
                break;
            case "shutdown_request":
                Shutdown(request, onControl: false);
                break;
            case "comm_msg" or "comm_close":
                break;
            default:
                Complain($"a request of the unknown type {request.Type}");
                break;
        }

        return false;
    }

    private async Task<bool> ExecuteAsync(JupyterMessage request)
    {
        var code = request.Content.Text("code");
        var silent = request.Content.Flag("silent", false);
        var stored = !silent && request.Content.Flag("store_history", true);
        if (stored) _count++;
        if (!silent) _channels.Publish("execute_input", request.Header, new JsonObject { ["code"] = code, ["execution_count"] = _count });

        using var interrupt = new CancellationTokenSource();
        lock (_gate) _running = interrupt;
        CellResult result;
        JsonObject expressions;
        using var output = new CellChannel(_channels, _input, request, _count, silent, interrupt.Token);
        try
        {
            result = await RunAsync(code, output, stored ? $"cell {_count}" : "hidden cell", interrupt.Token).ConfigureAwait(false);
            expressions = result.Status == CellStatus.Ok ? await EvaluateAsync(request.Content["user_expressions"] as JsonObject, interrupt.Token).ConfigureAwait(false) : [];
        }
        finally
        {
            lock (_gate) _running = null;
        }

        output.Flush();
        if (stored) _history.Add(_count, code, output.ResultText);
        if (result.Error is null)
        {
            Reply(request, new JsonObject { ["status"] = "ok", ["execution_count"] = _count, ["payload"] = output.Payload, ["user_expressions"] = expressions });
            return false;
        }

        if (request.Content.Flag("stop_on_error", true)) AbortQueued();
        var reply = CellChannel.ErrorContent(result.Error);
        reply["status"] = "error";
        reply["execution_count"] = _count;
        reply["payload"] = new JsonArray();
        reply["user_expressions"] = new JsonObject();
        Reply(request, reply);
        return result.Stuck;
    }

    private async Task<CellResult> RunAsync(string code, CellChannel output, string name, CancellationToken interrupted)
    {
        try
        {
            return await _session.RunAsync(code, output, name, interrupted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Interrupted while the session was still warming up.
            const string Sentence = "The cell was interrupted.";
            var error = new CellError("Interrupted", Sentence, [Sentence]);
            output.Error(error);
            return new CellResult(CellStatus.Interrupted, null, error, default);
        }
    }

    private async Task<JsonObject> EvaluateAsync(JsonObject? expressions, CancellationToken interrupted)
    {
        var values = new JsonObject();
        foreach (var (name, expression) in expressions ?? [])
        {
            var value = new ExpressionValue();
            var result = await _session.RunAsync(expression?.ToString() ?? "", value, "user expression", interrupted).ConfigureAwait(false);
            values[name] = result.Error is { } error
                ? new JsonObject(CellChannel.ErrorContent(error).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())).Append(new("status", "error")))
                : new JsonObject { ["status"] = "ok", ["data"] = value.Data?.Data.DeepClone() ?? new JsonObject(), ["metadata"] = new JsonObject() };
        }

        return values;
    }

    // A client that ran all cells has queued them all: after an error the rest are answered "aborted", later ones run.
    private void AbortQueued()
    {
        lock (_gate) _toAbort = _requests.Reader.Count;
    }

    private bool IsAborted()
    {
        lock (_gate) return _toAbort > 0 && _toAbort-- > 0;
    }

    private static JsonObject KernelInfo() => new()
    {
        ["status"] = "ok",
        ["protocol_version"] = ProtocolVersion,
        ["implementation"] = "facecourse-csharp",
        ["implementation_version"] = typeof(JupyterKernel).Assembly.GetName().Version?.ToString(3),
        ["language_info"] = new JsonObject
        {
            ["name"] = "C#",
            ["version"] = "13.0",
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        },
        ["banner"] = KernelBanner.Text,
        ["debugger"] = false,
        ["help_links"] = new JsonArray(
            new JsonObject { ["text"] = "C#", ["url"] = "https://learn.microsoft.com/dotnet/csharp/" },
            new JsonObject { ["text"] = ".NET API", ["url"] = "https://learn.microsoft.com/dotnet/api/" }),
    };

    private JsonObject Complete(JsonObject content)
    {
        var code = content.Text("code");
        var found = _session.Complete(code, CodePoints.ToUtf16(code, content.Number("cursor_pos", int.MaxValue - 1)));
        var start = CodePoints.FromUtf16(code, found.Start);
        var end = CodePoints.FromUtf16(code, found.End);
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. found.Items.Select(i => (JsonNode)i.Text)]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject
            {
                ["_jupyter_types_experimental"] = new JsonArray([.. found.Items.Select(i => (JsonNode)new JsonObject
                {
                    ["text"] = i.Text, ["type"] = i.Kind, ["signature"] = i.Signature, ["start"] = start, ["end"] = end,
                })]),
            },
        };
    }

    private JsonObject Inspect(JsonObject content)
    {
        var code = content.Text("code");
        var found = _session.Inspect(code, CodePoints.ToUtf16(code, content.Number("cursor_pos", int.MaxValue - 1)));
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = found is not null,
            ["data"] = found?.Data.DeepClone() ?? new JsonObject(),
            ["metadata"] = new JsonObject(),
        };
    }

    private static JsonObject IsComplete(JsonObject content)
    {
        var code = content.Text("code");
        return CSharpSession.CheckComplete(code) switch
        {
            Completeness.Incomplete => new JsonObject { ["status"] = "incomplete", ["indent"] = new string(' ', 4 * Math.Max(0, code.Count(c => c == '{') - code.Count(c => c == '}'))) },
            Completeness.Invalid => new JsonObject { ["status"] = "invalid" },
            _ => new JsonObject { ["status"] = "complete" },
        };
    }

    private void HandleControl(JupyterMessage request)
    {
        Status(request, "busy");
        switch (request.Type)
        {
            case "interrupt_request":
                Interrupt();
                _channels.ReplyOnControl(request, "interrupt_reply", new JsonObject { ["status"] = "ok" });
                break;
            case "shutdown_request":
                Shutdown(request, onControl: true);
                break;
            case "kernel_info_request":
                _channels.ReplyOnControl(request, "kernel_info_reply", KernelInfo());
                break;
            default:
                Complain($"a control request of the unknown type {request.Type}");
                break;
        }

        Status(request, "idle");
    }

    private void Interrupt()
    {
        lock (_gate)
        {
            if (_running is null) return;

            // What a cell registered on its token must not run on the sockets' thread.
            _ = _running.CancelAsync();
            _toAbort = _requests.Reader.Count;
        }
    }

    private void Shutdown(JupyterMessage request, bool onControl)
    {
        var content = new JsonObject { ["status"] = "ok", ["restart"] = request.Content.Flag("restart", false) };
        if (onControl) _channels.ReplyOnControl(request, "shutdown_reply", content);
        else _channels.ReplyOnShell(request, "shutdown_reply", content);
        _channels.Publish("shutdown_reply", request.Header, (JsonObject)content.DeepClone());
        _ended.TrySetResult(0);
    }

    private int Restart(JupyterMessage request)
    {
        _channels.Publish("stream", request.Header, new JsonObject
        {
            ["name"] = "stderr",
            ["text"] = "The cell's code could not be stopped, so the kernel restarts: its variables are gone, run the cells again from the top.\n",
        });
        _channels.Publish("status", request.Header, new JsonObject { ["execution_state"] = "restarting" });
        return MustRestart;
    }

    // A notebook server that was killed leaves no one to shut its kernels down.
    private async Task WatchParentAsync()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out var parent) || parent <= 1) return;

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            if (IsRunning(parent)) continue;

            _ended.TrySetResult(0);
            return;
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Reply(JupyterMessage request, JsonObject content)
    {
        if (request.Type.EndsWith("_request", StringComparison.Ordinal)) _channels.ReplyOnShell(request, request.Type[..^"request".Length] + "reply", content);
    }

    private void Status(JupyterMessage request, string state) => _channels.Publish("status", request.Header, new JsonObject { ["execution_state"] = state });

    // Said once per kind on the real console, where the server's log shows it; a hostile client cannot fill the disk.
    private void Complain(string about)
    {
        if (about.Length > 200) about = about[..200] + "…";
        if (_complained.Count < 100 && _complained.TryAdd(about, true)) Console.Error.WriteLine($"kernel: dropped {about}");
    }

    private sealed class ExpressionValue : ICellOutput
    {
        public MimeBundle? Data { get; private set; }

        public void Stream(string name, string text)
        {
        }

        public void Display(MimeBundle data, string? displayId)
        {
        }

        public void Update(MimeBundle data, string displayId)
        {
        }

        public void Result(MimeBundle data) => Data = data;

        public void Error(CellError error)
        {
        }

        public void Clear(bool wait)
        {
        }
    }
}
