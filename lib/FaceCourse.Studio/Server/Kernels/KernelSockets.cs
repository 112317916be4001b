using System.Text;
using System.Text.Json.Nodes;
using FaceCourse.Kernel.Jupyter;
using NetMQ;
using NetMQ.Sockets;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>A client's side of one kernel's sockets, served by one thread that never waits for anything else.</summary>
internal sealed class KernelSockets : IDisposable
{
    private readonly Wire _wire;
    private readonly DealerSocket _shell = new();
    private readonly DealerSocket _control = new();
    private readonly DealerSocket _stdin = new();
    private readonly SubscriberSocket _iopub = new();
    private readonly NetMQQueue<(NetMQSocket Socket, NetMQMessage Message)> _outgoing = new();
    private readonly NetMQPoller _poller;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private bool _closed;

    public KernelSockets(ConnectionInfo connection)
    {
        _wire = new Wire(connection.Key);

        // A kernel sends its questions on stdin to the identity that asked on shell.
        var identity = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"));
        foreach (var socket in (NetMQSocket[])[_shell, _control, _stdin, _iopub])
        {
            socket.Options.Identity = identity;
            socket.Options.Linger = TimeSpan.Zero;
            socket.Options.SendHighWatermark = 0;
            socket.Options.ReceiveHighWatermark = 0;

            // The kernel binds its ports a moment after we first knock.
            socket.Options.ReconnectInterval = TimeSpan.FromMilliseconds(25);
            socket.Options.ReconnectIntervalMax = TimeSpan.FromMilliseconds(200);
        }

        _iopub.SubscribeToAnyTopic();
        Listen(_shell, "shell", connection.Endpoint(connection.Shell));
        Listen(_control, "control", connection.Endpoint(connection.Control));
        Listen(_stdin, "stdin", connection.Endpoint(connection.Stdin));
        Listen(_iopub, "iopub", connection.Endpoint(connection.IoPub));
        _outgoing.ReceiveReady += (_, _) =>
        {
            while (_outgoing.TryDequeue(out var next, TimeSpan.Zero)) next.Socket.SendMultipartMessage(next.Message);
        };
        _poller = [_control, _shell, _stdin, _iopub, _outgoing];
        _thread = new Thread(() => _poller.Run()) { IsBackground = true, Name = "kernel sockets" };
    }

    /// <summary>Called on the sockets' thread; must not wait.</summary>
    public event Action<string, RawMessage>? Received;

    public void Start() => _thread.Start();

    /// <summary>Passes a message on; <paramref name="channel"/> is shell, control or stdin.</summary>
    public void Send(string channel, RawMessage message) => Enqueue(channel, () => _wire.WriteRaw(message));

    /// <summary>Sends a request of the server's own.</summary>
    public void Request(string channel, string type, JsonObject content) => Enqueue(channel, () => _wire.Write([], type, null, content));

    /// <summary>The session that <see cref="Request"/> speaks for: replies that name it are for the server.</summary>
    public string Session => _wire.Session;

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }

        if (_poller.IsRunning) _poller.Stop();
        if (Thread.CurrentThread != _thread && _thread.IsAlive) _thread.Join();
        foreach (var socket in (NetMQSocket[])[_shell, _control, _stdin, _iopub]) socket.Dispose();
        _outgoing.Dispose();
        _poller.Dispose();
    }

    private void Listen(NetMQSocket socket, string channel, string endpoint)
    {
        socket.Connect(endpoint);
        socket.ReceiveReady += (_, _) =>
        {
            // A bounded number at a time, so that a flood on one channel does not silence the others.
            NetMQMessage? frames = null;
            for (var i = 0; i < 256 && socket.TryReceiveMultipartMessage(ref frames); i++)
            {
                if (_wire.ReadRaw(frames!, out _) is { } message) Received?.Invoke(channel, message);
            }
        };
    }

    private void Enqueue(string channel, Func<NetMQMessage> message)
    {
        var socket = channel switch
        {
            "shell" => _shell,
            "control" => _control,
            "stdin" => _stdin,
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "A client sends on shell, control and stdin."),
        };
        lock (_gate)
        {
            if (!_closed) _outgoing.Enqueue((socket, message()));
        }
    }
}
