using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using FaceCourse.Kernel.Jupyter;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>What a kernel said to one client and the client has not fetched yet. It waits while the client is away.</summary>
internal sealed class Mailbox
{
    private const long MostBytesAway = 64L << 20;
    private const long MostBytes = 256L << 20;
    private const int MostSessions = 64;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Queue<(string Channel, RawMessage Message)> _waiting = new();
    private readonly HashSet<string> _sessions;
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(1);
    private CancellationTokenSource? _reader;
    private long _bytes;
    private DateTime _leftAt = DateTime.UtcNow;
    private bool _closed;

    public Mailbox(string session) => _sessions = new HashSet<string>(StringComparer.Ordinal) { session };

    /// <summary>True while a client reads.</summary>
    public bool IsRead
    {
        get
        {
            lock (_gate) return _reader is not null;
        }
    }

    /// <summary>True when the client has been away too long, or nothing more will come.</summary>
    public bool IsStale
    {
        get
        {
            lock (_gate) return _closed || (_reader is null && DateTime.UtcNow - _leftAt > KeptFor);
        }
    }

    /// <summary>Starts reading. An earlier reader is sent away: its connection is dead, only nobody noticed yet.</summary>
    /// <param name="reader">Cancelled when this reader in turn must go.</param>
    public void Open(CancellationTokenSource reader)
    {
        lock (_gate)
        {
            _reader?.Cancel();
            _reader = reader;
        }
    }

    /// <summary>The reader of <see cref="Open"/> has left.</summary>
    public void Leave(CancellationTokenSource reader)
    {
        lock (_gate)
        {
            if (_reader != reader) return;
            _reader = null;
            _leftAt = DateTime.UtcNow;
        }
    }

    /// <summary>A client's messages may name another session than its address did; replies to either are its.</summary>
    public void Speaks(string session)
    {
        lock (_gate)
        {
            if (_sessions.Count < MostSessions) _sessions.Add(session);
        }
    }

    public bool IsFor(string session)
    {
        lock (_gate) return _sessions.Contains(session);
    }

    /// <summary>Adds a message. A client that lets too many pile up loses them all and must begin anew.</summary>
    public void Post(string channel, RawMessage message)
    {
        lock (_gate)
        {
            if (_closed) return;

            _waiting.Enqueue((channel, message));
            _bytes += message.Length;
            if (_bytes > (_reader is null ? MostBytesAway : MostBytes))
            {
                Close();
                return;
            }

            Wake();
        }
    }

    /// <summary>Waits until there is something to read.</summary>
    /// <returns>False when nothing more will come.</returns>
    public async Task<bool> WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0) return true;
                if (_closed) return false;
            }

            await _more.Reader.ReadAsync(ct);
        }
    }

    /// <summary>The oldest message, which stays until <see cref="Remove"/>: one that could not be sent is sent again.</summary>
    public bool TryPeek([NotNullWhen(true)] out string? channel, [NotNullWhen(true)] out RawMessage? message)
    {
        lock (_gate)
        {
            (channel, message) = _waiting.TryPeek(out var first) ? first : (null, null);
            return message is not null;
        }
    }

    public void Remove(RawMessage message)
    {
        lock (_gate)
        {
            if (!_waiting.TryPeek(out var first) || first.Message != message) return;
            _waiting.Dequeue();
            _bytes -= message.Length;
        }
    }

    /// <summary>Nothing more will come; what waits is still given out, unless it is too much.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (_bytes > MostBytesAway)
            {
                _waiting.Clear();
                _bytes = 0;
                _reader?.Cancel();
            }

            Wake();
        }
    }

    private void Wake() => _more.Writer.TryWrite(true);
}
