using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>The five sockets, served by one thread that never waits for anything else.</summary>
internal sealed class Channels : IDisposable
{
    private const long LargestFrame = 512L << 20;

    private readonly Wire _wire;
    private readonly RouterSocket _shell = new();
    private readonly RouterSocket _control = new();
    private readonly RouterSocket _stdin = new();
    private readonly PublisherSocket _iopub = new();
    private readonly ResponseSocket _heartbeat = new();
    private readonly NetMQQueue<(NetMQSocket Socket, NetMQMessage Message)> _outgoing = new();
    private readonly NetMQPoller _poller;
    private readonly Thread _thread;

    public Channels(ConnectionInfo connection)
    {
        _wire = new Wire(connection.Key);
        foreach (var socket in (NetMQSocket[])[_shell, _control, _stdin, _iopub, _heartbeat])
        {
            socket.Options.MaxMsgSize = LargestFrame;
            socket.Options.Linger = TimeSpan.FromSeconds(1);

            // The default drops what a slow reader has not fetched: a plot would be missing from a notebook.
            socket.Options.SendHighWatermark = 0;
            socket.Options.ReceiveHighWatermark = 0;
        }

        // A client that reconnects comes back under its old identity; without this the new connection stays unheard.
        _shell.Options.RouterHandover = _control.Options.RouterHandover = _stdin.Options.RouterHandover = true;

        Bind(_shell, connection.Endpoint(connection.Shell));
        Bind(_control, connection.Endpoint(connection.Control));
        Bind(_stdin, connection.Endpoint(connection.Stdin));
        Bind(_iopub, connection.Endpoint(connection.IoPub));
        Bind(_heartbeat, connection.Endpoint(connection.Heartbeat));

        _shell.ReceiveReady += (_, _) => Receive(_shell, m => ShellMessage?.Invoke(m));
        _control.ReceiveReady += (_, _) => Receive(_control, m => ControlMessage?.Invoke(m));
        _stdin.ReceiveReady += (_, _) => Receive(_stdin, m => StdinMessage?.Invoke(m));
        _heartbeat.ReceiveReady += (_, _) =>
        {
            NetMQMessage? beat = null;
            if (_heartbeat.TryReceiveMultipartMessage(ref beat)) _heartbeat.SendMultipartMessage(beat!);
        };
        _outgoing.ReceiveReady += (_, _) => SendAll();
        _poller = [_control, _shell, _stdin, _heartbeat, _outgoing];
        _thread = new Thread(() => _poller.Run()) { IsBackground = true, Name = "jupyter channels" };
    }

    /// <summary>Called on the sockets' thread; must not wait.</summary>
    public event Action<JupyterMessage>? ShellMessage;

    /// <inheritdoc cref="ShellMessage"/>
    public event Action<JupyterMessage>? ControlMessage;

    /// <inheritdoc cref="ShellMessage"/>
    public event Action<JupyterMessage>? StdinMessage;

    /// <summary>A message was dropped, and why.</summary>
    public event Action<string>? Dropped;

    public void Start() => _thread.Start();

    public void Publish(string type, JsonObject? parent, JsonObject content, JsonObject? metadata = null) =>
        _outgoing.Enqueue((_iopub, _wire.Write([Encoding.UTF8.GetBytes(type)], type, parent, content, metadata)));

    public void ReplyOnShell(JupyterMessage request, string type, JsonObject content) =>
        _outgoing.Enqueue((_shell, _wire.Write(request.Identities, type, request.Header, content)));

    public void ReplyOnControl(JupyterMessage request, string type, JsonObject content) =>
        _outgoing.Enqueue((_control, _wire.Write(request.Identities, type, request.Header, content)));

    public void AskOnStdin(JupyterMessage request, JsonObject content) =>
        _outgoing.Enqueue((_stdin, _wire.Write(request.Identities, "input_request", request.Header, content)));

    /// <summary>Sends what is waiting, then closes.</summary>
    public void Dispose()
    {
        for (var wait = 0; wait < 100 && _outgoing.Count > 0; wait++) Thread.Sleep(10);
        _poller.Stop();
        _thread.Join();
        SendAll();
        foreach (var socket in (NetMQSocket[])[_shell, _control, _stdin, _iopub, _heartbeat]) socket.Dispose();
        _outgoing.Dispose();
        _poller.Dispose();
        NetMQConfig.Cleanup(block: true);
    }

    private static void Bind(NetMQSocket socket, string endpoint)
    {
        // A kernel that restarts itself comes back to ports that its predecessor has just left.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                socket.Bind(endpoint);
                return;
            }
            catch (NetMQException) when (attempt < 50)
            {
                Thread.Sleep(100);
            }
        }
    }

    private void SendAll()
    {
        while (_outgoing.TryDequeue(out var next, TimeSpan.Zero)) next.Socket.SendMultipartMessage(next.Message);
    }

    private void Receive(NetMQSocket socket, Action<JupyterMessage> handle)
    {
        // A bounded number at a time, so that a flood on one channel does not silence the others.
        NetMQMessage? frames = null;
        for (var i = 0; i < 64 && socket.TryReceiveMultipartMessage(ref frames); i++)
        {
            try
            {
                if (_wire.Read(frames!, out var reason) is { } message) handle(message);
                else Dropped?.Invoke(reason);
            }
            catch (Exception e)
            {
                // Whatever one message does, the next one is served.
                Dropped?.Invoke($"a message that could not be handled ({e.GetType().Name}: {e.Message})");
            }
        }
    }
}
