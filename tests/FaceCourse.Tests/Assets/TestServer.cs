using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceCourse.Tests.Assets;

/// <summary>A web server on this machine that holds one file and can misbehave in the ways real lines do.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public TestServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        _ = AcceptAsync();
    }

    public byte[] Content { get; set; }

    public string ETag { get; set; } = "\"one\"";

    public bool Ranges { get; set; } = true;

    /// <summary>The next answers break off after so many bytes of the body.</summary>
    public ConcurrentQueue<int> Cuts { get; } = new();

    /// <summary>The next answers have these status codes and no body.</summary>
    public ConcurrentQueue<int> Statuses { get; } = new();

    /// <summary>A pause before each 1000 bytes.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>The Range header of each request so far, empty when there was none.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The path of each request so far.</summary>
    public ConcurrentQueue<string> Paths { get; } = new();

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                Paths.Enqueue((await reader.ReadLineAsync(_stop.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "");
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                    headers[line.Split(':')[0]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                await BodyAsync(stream, headers);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The client went away, as it may.
            }
        }
    }

    private async Task BodyAsync(NetworkStream stream, Dictionary<string, string> headers)
    {
        var range = headers.GetValueOrDefault("Range", "");
        Asked.Enqueue(range);
        if (Statuses.TryDequeue(out var status))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
            return;
        }

        var from = 0;
        if (Ranges && range.Length > 0 && headers.GetValueOrDefault("If-Range", ETag) == ETag)
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        var head = from > 0 ? $"206 Partial Content\r\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}" : "200 OK";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nETag: {ETag}\r\nContent-Length: {Content.Length - from}\r\nConnection: close\r\n\r\n"), _stop.Token);

        var end = Cuts.TryDequeue(out var cut) ? Math.Min(from + cut, Content.Length) : Content.Length;
        for (var at = from; at < end; at += 1000)
        {
            if (Pause > TimeSpan.Zero) await Task.Delay(Pause, _stop.Token);
            await stream.WriteAsync(Content.AsMemory(at, Math.Min(1000, end - at)), _stop.Token);
        }
    }
}
