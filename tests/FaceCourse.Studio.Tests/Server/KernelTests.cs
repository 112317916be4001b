using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>Kernels from the outside: what is left of them, and what a client may send them.</summary>
[Collection(nameof(Alone))]
public sealed class KernelTests(Studio studio) : IClassFixture<Studio>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_kernels_opened_and_killed_leave_no_process_no_socket_and_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes and sockets are counted in /proc.");
        await OpenAndKillAsync(5); // the client keeps as many connections as it once needed
        var sockets = Sockets();
        await OpenAndKillAsync(15);

        var clock = Stopwatch.StartNew();
        while ((Children().Count > 0 || Sockets() > sockets) && clock.Elapsed < TimeSpan.FromSeconds(15)) await Task.Delay(100, Ct);
        Assert.Empty(Children());
        Assert.InRange(Sockets(), 0, sockets);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(studio.State, "runtime"), "kernel-*", SearchOption.AllDirectories));
        Assert.Equal("[]", (await studio.GetAsync("/api/kernels")).ToJsonString());
        Assert.Equal("[]", (await studio.GetAsync("/api/sessions")).ToJsonString());
    }

    [Fact]
    public async Task Malformed_frames_close_their_own_connection_and_nothing_else()
    {
        var (_, kernel) = await studio.CallAsync("POST", "/api/kernels", new JsonObject());
        var id = (string)kernel!["id"]!;
        var random = new Random(5);
        var frames = new List<(byte[] Bytes, bool Binary, bool V1)>();
        foreach (var text in (string[])["", "{", "[]", "null", "{}", "{\"channel\":\"shell\"}", "{\"channel\":\"iopub\",\"header\":{\"msg_type\":\"x\"}}", "{\"channel\":7,\"header\":{\"msg_type\":\"x\"}}", "{\"channel\":\"shell\",\"header\":[]}", "{\"channel\":\"nothing\",\"header\":{\"msg_type\":\"x\"}}", new string('[', 100_000)])
        {
            frames.Add((Encoding.UTF8.GetBytes(text), false, false));
            frames.Add((Encoding.UTF8.GetBytes(text), true, false));
            frames.Add((Encoding.UTF8.GetBytes(text), true, true));
        }

        foreach (var numbers in (ulong[][])[[0], [6], [6, 8], [ulong.MaxValue], [6, 64, 64, 64, 64, 64, ulong.MaxValue], [6, 56, 55, 54, 53, 52, 51], [6, 0, 0, 0, 0, 0, 0], [1UL << 61, 1, 2, 3], [6, 56, 56, 56, 56, 56, 57]])
            frames.Add(([.. numbers.SelectMany(BitConverter.GetBytes)], true, true));
        for (var i = 0; i < 60; i++)
        {
            var noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            if (i % 2 == 0 && noise.Length > 60) new byte[] { 6, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0 }.CopyTo(noise, 0);
            frames.Add((noise, true, i % 3 != 0));
        }

        foreach (var (bytes, binary, v1) in frames)
        {
            using var socket = await ConnectAsync(id, v1);
            await socket.SendAsync(bytes, binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, Ct);
            Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await ClosedAsync(socket));
        }

        using (var socket = await ConnectAsync(id, v1: true))
        {
            // 33 MB in pieces: cut off at 32.
            var piece = RandomNumberGenerator.GetBytes(1 << 20);
            try
            {
                for (var i = 0; i < 34; i++) await socket.SendAsync(piece, WebSocketMessageType.Binary, false, Ct);
                Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ClosedAsync(socket));
            }
            catch (WebSocketException)
            {
                // Closed while we were still sending.
            }
        }

        using (var socket = await ConnectAsync(id, v1: false))
        {
            Assert.Equal("42", await RunAsync(socket, "6 * 7"));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await studio.CallAsync("DELETE", $"/api/kernels/{id}")).Status);
    }

    [Fact]
    public async Task Two_windows_on_one_kernel_both_see_its_outputs_and_each_gets_its_own_replies()
    {
        var (_, kernel) = await studio.CallAsync("POST", "/api/kernels", new JsonObject());
        using var first = await ConnectAsync((string)kernel!["id"]!, v1: false);
        using var second = await ConnectAsync((string)kernel["id"]!, v1: false);
        Assert.Equal("3", await RunAsync(first, "1 + 2"));
        var seen = new List<string>();
        while (!seen.Contains("idle"))
        {
            var message = await ReadAsync(second);
            Assert.NotEqual("shell", (string?)message["channel"]);
            seen.Add((string?)message["content"]!["execution_state"] ?? (string)message["msg_type"]!);
        }

        Assert.Contains("execute_result", seen);
        await studio.CallAsync("DELETE", $"/api/kernels/{kernel["id"]}");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await ClosedAsync(first));
    }

    [Fact]
    public async Task What_is_not_there_is_said_so()
    {
        foreach (var (method, path) in new[] { ("GET", "/api/kernels/x"), ("DELETE", "/api/kernels/x"), ("POST", "/api/kernels/x/restart"), ("POST", "/api/kernels/x/interrupt"), ("GET", "/api/kernels/x/channels"), ("GET", "/api/sessions/x"), ("DELETE", "/api/sessions/x"), ("PATCH", "/api/sessions/x"), ("GET", "/api/kernelspecs/nobody") })
        {
            var (status, body) = await studio.CallAsync(method, path);
            Assert.Equal(HttpStatusCode.NotFound, status);
            Assert.EndsWith(".", (string?)body!["message"]);
        }

        var (_, refused) = await studio.CallAsync("POST", "/api/kernels", new JsonObject { ["name"] = "nobody" });
        Assert.Contains(".net-csharp", (string?)refused!["message"]);
    }

    private async Task OpenAndKillAsync(int count)
    {
        for (var done = 0; done < count; done += 5)
        {
            var batch = Enumerable.Range(done, Math.Min(5, count - done)).ToList();
            var sessions = await Task.WhenAll(batch.Select(i => studio.CallAsync("POST", "/api/sessions", new JsonObject { ["path"] = $"notebooks/k{i}.ipynb", ["type"] = "notebook", ["name"] = "k", ["kernel"] = new JsonObject { ["name"] = ".net-csharp" } })));
            await Task.WhenAll(sessions.Select(async (s, i) =>
            {
                using var socket = await ConnectAsync((string)s.Body!["kernel"]!["id"]!, v1: false);
                if (i == 0) Assert.Equal("2", await RunAsync(socket, "1 + 1"));
            }));
            await Task.WhenAll(sessions.Select(s => studio.CallAsync("DELETE", $"/api/sessions/{s.Body!["id"]}")));
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(string kernel, bool v1)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"token {studio.Token}");
        if (v1) socket.Options.AddSubProtocol("v1.kernel.websocket.jupyter.org");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{studio.Port}/api/kernels/{kernel}/channels?session_id={Guid.NewGuid():N}"), Ct);
        Assert.Equal(v1 ? "v1.kernel.websocket.jupyter.org" : null, socket.SubProtocol);
        return socket;
    }

    private static async Task<string?> RunAsync(ClientWebSocket socket, string code)
    {
        var id = Guid.NewGuid().ToString("N");
        var request = new JsonObject
        {
            ["channel"] = "shell",
            ["header"] = new JsonObject { ["msg_id"] = id, ["msg_type"] = "execute_request", ["session"] = id, ["username"] = "", ["version"] = "5.3", ["date"] = "" },
            ["parent_header"] = new JsonObject(),
            ["metadata"] = new JsonObject(),
            ["content"] = new JsonObject { ["code"] = code, ["silent"] = false, ["store_history"] = true, ["user_expressions"] = new JsonObject(), ["allow_stdin"] = false },
        };
        await socket.SendAsync(Encoding.UTF8.GetBytes(request.ToJsonString()), WebSocketMessageType.Text, true, Ct);
        var (result, replied, idle) = ((string?)null, false, false);
        while (!replied || !idle)
        {
            var message = await ReadAsync(socket);
            if ((string?)message["parent_header"]!["msg_id"] != id) continue;
            result ??= (string?)message["content"]!["data"]?["text/plain"];
            replied |= (string?)message["msg_type"] == "execute_reply";
            idle |= (string?)message["content"]!["execution_state"] == "idle";
        }

        return result;
    }

    private static async Task<JsonNode> ReadAsync(ClientWebSocket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, limit.Token);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }

    private static async Task<WebSocketCloseStatus?> ClosedAsync(ClientWebSocket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        var buffer = new byte[64 << 10];
        while ((await socket.ReceiveAsync(buffer, limit.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }

    private static int Sockets() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(f =>
    {
        try
        {
            return File.ResolveLinkTarget(f, false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed while we looked
        }
    });

    // Kernels of other test classes run beside: only those of this server's connection files count.
    private List<string> Children() =>
        [.. Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)).Select(CommandLine).Where(c => c.Contains(studio.State, StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
