using System.Text;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Kernel.Jupyter;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>A kernel as its clients know it: it keeps its id through restarts, and comes back by itself when its process dies.</summary>
internal sealed class RunningKernel : IAsyncDisposable
{
    private const int DeathsUntilGivingUp = 3;
    private static readonly TimeSpan DeathsWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Dictionary<string, Mailbox> _mailboxes = new(StringComparer.Ordinal);
    private readonly List<(string Channel, RawMessage Message)> _early = [];
    private readonly Queue<DateTime> _deaths = new();
    private readonly string _session = Guid.NewGuid().ToString();
    private readonly string _runtime;
    private KernelProcess? _process;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _listens;
    private bool _ended;

    /// <summary>Starts a kernel.</summary>
    /// <exception cref="ApiException">Its program is not on this machine.</exception>
    public RunningKernel(string name, InstalledSpec spec, string folder, string runtime, string? notebook)
    {
        (Name, Spec, Folder, _runtime, Notebook) = (name, spec, folder, runtime, notebook);
        Begin();
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Name { get; }

    public InstalledSpec Spec { get; }

    /// <summary>The kernel's working directory.</summary>
    public string Folder { get; }

    /// <summary>The path of the notebook it was started for, or null.</summary>
    public string? Notebook { get; set; }

    /// <summary><c>starting</c>, <c>idle</c>, <c>busy</c>, <c>restarting</c> or <c>dead</c>.</summary>
    public string State { get; private set; } = "starting";

    public DateTime LastActivity { get; private set; } = DateTime.UtcNow;

    /// <summary>Bytes of memory; null when that is not known.</summary>
    public long? Memory => _process?.Memory;

    /// <summary>Completes when the kernel listens (again); faults when it cannot be started.</summary>
    public Task Ready
    {
        get
        {
            lock (_gate) return _ready.Task;
        }
    }

    public int Connections
    {
        get
        {
            lock (_gate) return _mailboxes.Values.Count(m => m.IsRead);
        }
    }

    /// <summary>What the API says about it.</summary>
    public JsonObject Model() => new()
    {
        ["id"] = Id,
        ["name"] = Name,
        ["last_activity"] = Moment.Text(LastActivity),
        ["execution_state"] = State,
        ["connections"] = Connections,
    };

    /// <summary>The mailbox of a client, which may have been here before.</summary>
    public Mailbox MailboxOf(string session)
    {
        lock (_gate)
        {
            foreach (var stale in _mailboxes.Where(m => m.Value.IsStale).Select(m => m.Key).ToList()) _mailboxes.Remove(stale);
            if (!_mailboxes.TryGetValue(session, out var mailbox)) _mailboxes[session] = mailbox = new Mailbox(session);
            if (_ended) mailbox.Close();
            return mailbox;
        }
    }

    /// <summary>Passes a client's message on; one that comes before the kernel listens waits for it.</summary>
    public void Send(Mailbox from, string channel, RawMessage message)
    {
        if (Routing.Of(message.Header).Session is { Length: > 0 } session) from.Speaks(session);
        lock (_gate)
        {
            LastActivity = DateTime.UtcNow;
            if (_listens) _process!.Send(channel, message);
            else if (!_ended && _early.Count < 10_000) _early.Add((channel, message));
        }
    }

    /// <summary>Runs code that nobody sees and waits for nothing: for what takes long the first time.</summary>
    public void Rehearse(string code)
    {
        var header = Encoding.UTF8.GetBytes(Header("execute_request").ToJsonString());
        var content = Encoding.UTF8.GetBytes(new JsonObject { ["code"] = code, ["silent"] = true, ["store_history"] = false, ["allow_stdin"] = false, ["stop_on_error"] = false, ["user_expressions"] = new JsonObject() }.ToJsonString());
        lock (_gate)
        {
            if (_listens) _process!.Send("shell", new RawMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), content, []));
        }
    }

    public void Interrupt()
    {
        lock (_gate) _process?.Interrupt();
    }

    /// <summary>Ends the process and starts another one; completes when that one listens.</summary>
    public async Task RestartAsync(CancellationToken ct)
    {
        await _changing.WaitAsync(ct);
        try
        {
            KernelProcess? old;
            lock (_gate)
            {
                if (_ended) return;
                (old, _process, _listens, State) = (_process, null, false, "restarting");
                _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _early.Clear();
                _deaths.Clear();
            }

            if (old is not null)
            {
                await old.ShutDownAsync(restart: true, Grace);
                old.Dispose();
            }

            Begin();
            await Ready.WaitAsync(LongestStart, ct);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends the kernel for good and tells its clients.</summary>
    public async ValueTask DisposeAsync()
    {
        KernelProcess? last;
        lock (_gate)
        {
            if (_ended) return;
            (_ended, last, _process, _listens) = (true, _process, null, false);
            _ready.TrySetCanceled();
        }

        if (last is not null)
        {
            await last.ShutDownAsync(restart: false, Grace);
            last.Dispose();
        }

        Announce("dead");
        lock (_gate)
        {
            foreach (var mailbox in _mailboxes.Values) mailbox.Close();
        }
    }

    private void Begin()
    {
        var process = KernelProcess.Start(Spec, Folder, _runtime, Notebook);
        lock (_gate)
        {
            if (_ended)
            {
                process.Dispose();
                return;
            }

            _process = process;
            process.Received += (channel, message) => Deliver(process, channel, message);
        }

        _ = WatchAsync(process);
    }

    private async Task WatchAsync(KernelProcess process)
    {
        using var limit = new CancellationTokenSource(LongestStart);
        try
        {
            await process.ReadyAsync(limit.Token);
            lock (_gate)
            {
                if (_process != process) return;

                foreach (var (channel, message) in _early) process.Send(channel, message);
                _early.Clear();
                _listens = true;
                State = "idle";
                _ready.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // It died at once, or it never said anything; both end below.
            if (limit.IsCancellationRequested) await process.ShutDownAsync(restart: false, TimeSpan.Zero);
        }

        await process.Exited;
        Died(process);
    }

    private void Died(KernelProcess process)
    {
        bool again;
        lock (_gate)
        {
            // Somebody ended it, or already started the next.
            if (_process != process || _ended) return;

            var replaces = process.ExitCode == JupyterKernel.MustRestart;
            if (!replaces) _deaths.Enqueue(DateTime.UtcNow);
            while (_deaths.TryPeek(out var first) && DateTime.UtcNow - first > DeathsWithin) _deaths.Dequeue();
            again = _deaths.Count < DeathsUntilGivingUp;
            (_process, _listens) = (null, false);
            State = again ? "restarting" : "dead";
            if (_ready.Task.IsCompleted) _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _early.Clear();
        }

        Console.Error.WriteLine($"The kernel {Name} ({Notebook ?? Id}) died with exit code {process.ExitCode}{(again ? " and is started again" : $"; after {DeathsUntilGivingUp} deaths within a minute it stays so")}.");
        if (process.LastWords is { Length: > 0 } words) Console.Error.WriteLine(words);
        process.Dispose();
        Announce(State);
        if (!again)
        {
            lock (_gate) _ready.TrySetException(new InvalidOperationException("The kernel dies whenever it is started."));
            _ = Ready.Exception;
            return;
        }

        BeginAgain();
    }

    // A kernel that could not stop a cell says that it begins anew. It would do so in its own process and on its own ports, and what
    // clients send meanwhile could fall between its two lives: so it gets another process, which hears all of it.
    private async Task ReplaceAsync(KernelProcess process)
    {
        await _changing.WaitAsync();
        try
        {
            await process.ShutDownAsync(restart: true, TimeSpan.Zero);
            process.Dispose();
            lock (_gate)
            {
                if (_process is not null || _ended) return;
            }

            BeginAgain();
        }
        finally
        {
            _changing.Release();
        }
    }

    private void BeginAgain()
    {
        try
        {
            Begin();
        }
        catch (ApiException e)
        {
            lock (_gate)
            {
                State = "dead";
                _ready.TrySetException(e);
            }

            _ = Ready.Exception;
            Announce("dead");
        }
    }

    private void Deliver(KernelProcess process, string channel, RawMessage message)
    {
        lock (_gate)
        {
            LastActivity = DateTime.UtcNow;
            if (channel == "iopub")
            {
                // The first thing a kernel says, "starting", may be heard after it has answered.
                if (_process == process && Routing.Of(message.Header).Type == "status" && Routing.State(message.Content) is { } state && !(state == "starting" && _listens))
                {
                    State = state;
                    if (state == "restarting")
                    {
                        // From here on nothing is sent to the old life.
                        (_process, _listens) = (null, false);
                        if (_ready.Task.IsCompleted) _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        _ = Task.Run(() => ReplaceAsync(process));
                    }
                }

                if (Routing.Of(message.ParentHeader).Session == _session) return;

                foreach (var mailbox in _mailboxes.Values) mailbox.Post(channel, message);
                return;
            }

            var session = Routing.Of(message.ParentHeader).Session;
            foreach (var mailbox in _mailboxes.Values)
            {
                if (mailbox.IsFor(session)) mailbox.Post(channel, message);
            }
        }
    }

    // In the kernel's place, when it cannot speak for itself.
    private void Announce(string state)
    {
        var message = new RawMessage(
            Encoding.UTF8.GetBytes(Header("status").ToJsonString()),
            "{}"u8.ToArray(),
            "{}"u8.ToArray(),
            Encoding.UTF8.GetBytes(new JsonObject { ["execution_state"] = state }.ToJsonString()),
            []);
        lock (_gate)
        {
            State = state;
            foreach (var mailbox in _mailboxes.Values) mailbox.Post("iopub", message);
        }
    }

    private JsonObject Header(string type) => new()
    {
        ["msg_id"] = Guid.NewGuid().ToString(),
        ["session"] = _session,
        ["username"] = "server",
        ["date"] = Moment.Text(DateTime.UtcNow),
        ["msg_type"] = type,
        ["version"] = JupyterKernel.ProtocolVersion,
    };
}
