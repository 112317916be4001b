using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using FaceCourse.Studio.Server;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>Who is let in, and what strangers get: nothing, and the server stays up.</summary>
public sealed class AccessTests(Studio studio) : IClassFixture<Studio>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api/contents")]
    [InlineData("GET", "/api/kernels")]
    [InlineData("GET", "/course/status")]
    [InlineData("GET", "/files/notebooks/01-first.ipynb")]
    [InlineData("GET", "/main-ABCDEFGH.js")]
    [InlineData("POST", "/api/sessions")]
    [InlineData("POST", "/api/shutdown")]
    [InlineData("GET", "/api/once")]
    [InlineData("PUT", "/api/contents/x.ipynb")]
    [InlineData("DELETE", "/api/contents/notebooks/01-first.ipynb")]
    public async Task Without_the_token_nothing_is_given_or_done(string method, string path)
    {
        using var client = studio.NewClient();
        string[] wrong = ["", "token ", "token " + studio.Token[..^1], "token " + studio.Token + "0", "Basic " + studio.Token, "Bearer x", "token\t" + new string('a', 5000)];
        foreach (var authorization in wrong)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await client.SendAsync(request, Ct);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{authorization}: {response.StatusCode}");
        }

        foreach (var query in (string[])["?token=", "?token=" + new string('0', 48), "?once=", "?once=" + new string('0', 48), $"?token={studio.Token}&token={studio.Token}", "?TOKEN%00=x"])
        {
            using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path + query), Ct);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{query}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task The_printed_address_sets_a_cookie_that_scripts_cannot_read_and_takes_the_token_out_of_the_address()
    {
        using var client = studio.NewClient();
        using var response = await client.GetAsync($"/notebooks/01-first?x=1&token={studio.Token}", Ct);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/notebooks/01-first?x=1", response.Headers.Location!.ToString());
        var cookies = response.Headers.GetValues("Set-Cookie").ToList();
        var cookie = Assert.Single(cookies, c => c.StartsWith($"facecourse-{studio.Port}=", StringComparison.Ordinal));
        Assert.Contains("samesite=strict", cookie);
        Assert.Contains("httponly", cookie);
        Assert.DoesNotContain(studio.Token, cookie);
        Assert.DoesNotContain("httponly", Assert.Single(cookies, c => c.StartsWith("_xsrf=", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/api/kernels", await CookiesAsync())).Status);
    }

    [Fact]
    public async Task A_redirection_never_leads_to_another_server()
    {
        foreach (var path in (string[])["//evil.example/", "///evil.example", "/%2F%2Fevil.example", "/\\evil.example"])
        {
            var answer = await RawAsync($"GET {path}?token={studio.Token} HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nConnection: close\r\n\r\n");
            var location = answer.Split('\n').FirstOrDefault(l => l.StartsWith("Location:", StringComparison.Ordinal))?["Location:".Length..].Trim() ?? "/";
            Assert.False(location.StartsWith("//", StringComparison.Ordinal) || location.StartsWith("/\\", StringComparison.Ordinal) || location.StartsWith("http", StringComparison.Ordinal), $"{path} leads to {location}");
        }
    }

    [Fact]
    public async Task A_key_for_once_opens_once()
    {
        using var client = studio.NewClient();
        var address = studio.Server.AddressForOnce;
        Assert.DoesNotContain(studio.Token, address);
        Assert.Equal(HttpStatusCode.Found, (await client.GetAsync(address, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(address, Ct)).StatusCode);
    }

    [Fact]
    public async Task Changing_something_with_the_cookie_needs_the_xsrf_header()
    {
        var cookies = await CookiesAsync();
        var xsrf = cookies.Split("_xsrf=")[1];
        foreach (var wrong in (string?[])[null, "", "x", xsrf + "0", xsrf[..^1]])
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("PUT", "/course/progress", cookies, ("X-XSRFToken", wrong))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("PUT", "/course/progress", cookies.Split(';')[0], ("X-XSRFToken", ""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("PUT", "/course/progress", cookies, ("X-XSRFToken", xsrf))).Status);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://localhost:PORT")]
    [InlineData("https://127.0.0.1:PORT")]
    [InlineData("http://127.0.0.1:PORT.evil.example")]
    [InlineData("file://")]
    public async Task Another_pages_request_is_refused_even_with_everything_else_right(string origin)
    {
        var cookies = await CookiesAsync();
        var xsrf = cookies.Split("_xsrf=")[1];
        origin = origin.Replace("PORT", $"{studio.Port}", StringComparison.Ordinal);
        var (status, text) = await SendAsync("GET", "/api/contents", cookies, ("Origin", origin), ("X-XSRFToken", xsrf));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.DoesNotContain("notebooks", text);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("POST", "/api/shutdown", cookies, ("Origin", origin), ("X-XSRFToken", xsrf))).Status);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookies);
        socket.Options.SetRequestHeader("Origin", origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{studio.Port}/api/events/subscribe"), Ct));
    }

    [Fact]
    public async Task A_picture_or_script_of_another_site_cannot_ask_here()
    {
        var cookies = await CookiesAsync();
        foreach (var site in (string[])["cross-site", "same-site"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("GET", "/api/contents", cookies, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors"))).Status);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/", cookies, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"))).Status);
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:PORT")]
    [InlineData("127.0.0.1.evil.example:PORT")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0:PORT")]
    [InlineData("localhost.:PORT")]
    [InlineData("[::ffff:127.0.0.1]:PORT")]
    [InlineData("")]
    public async Task A_name_that_was_pointed_here_gets_no_answer_to_the_token_either(string host)
    {
        host = host.Replace("PORT", $"{studio.Port}", StringComparison.Ordinal);
        var answer = await RawAsync($"GET /api/contents?token={studio.Token} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (403|400) ", answer);
        Assert.DoesNotContain("notebooks", answer);
    }

    [Fact]
    public async Task Every_answer_forbids_the_browser_to_fetch_from_or_send_to_elsewhere()
    {
        foreach (var path in (string[])["/", "/api/contents", "/course/status", "/api/nothing", "/files/notebooks/picture.svg"])
        {
            using var response = await studio.Client.GetAsync(path, Ct);
            var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src", policy);
            Assert.DoesNotContain("https:", policy);
            Assert.DoesNotContain("*", policy);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }

        // A file may hold scripts of a stranger: it is shown without any rights.
        using var picture = await studio.Client.GetAsync("/files/notebooks/picture.svg", Ct);
        Assert.Contains("sandbox", string.Join(' ', picture.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task A_thousand_ways_out_of_the_folder_lead_nowhere()
    {
        string[] ups = ["..", "%2e%2e", "%2E.", ".%2e", "..%00", "%252e%252e", "..%c0%af", "%c0%ae%c0%ae", "..\\", "..%5c", "%2e%2e%5c", "....", ".. ", "..%20", "..;", "..%2f", "%2e%2e%2f", "․․", "．．", "~"];
        string[] targets = ["secret.txt", "secret.txt%00.ipynb", "etc/passwd", "Windows/win.ini", ".hidden", "state/notary.key", "course/.hidden", "C:/Windows/win.ini", "//etc/passwd", "%2Fetc%2Fpasswd"];
        string[] calls = ["/api/contents/", "/files/", "/api/contents/notebooks/", "/files/notebooks/", "/"];
        var tried = 0;
        foreach (var call in calls)
        {
            foreach (var up in ups)
            {
                for (var depth = 1; depth <= 2; depth++)
                {
                    foreach (var target in targets)
                    {
                        tried++;
                        var path = call + string.Concat(Enumerable.Repeat(up + "/", depth)) + target;
                        var answer = await RawAsync($"GET {path}{(call == "/" ? "" : "?content=1&type=file")} HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nAuthorization: token {studio.Token}\r\nConnection: close\r\n\r\n");
                        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.Contains("<title>The page</title>", StringComparison.Ordinal), $"{path}: {answer[..Math.Min(answer.Length, 300)]}");
                        Assert.False(answer.Contains(Studio.Secret, StringComparison.Ordinal) || answer.Contains("root:", StringComparison.Ordinal), path);
                    }
                }
            }
        }

        Assert.True(tried >= 1000, $"{tried} tried");
        await AliveAsync();
    }

    [Theory]
    [InlineData("C:\\x.ipynb")]
    [InlineData("notebooks/x.ipynb:stream")]
    [InlineData("con")]
    [InlineData("notebooks/NUL.ipynb")]
    [InlineData("notebooks/trailing.")]
    [InlineData("notebooks/trailing ")]
    [InlineData("..\\..\\x.ipynb")]
    [InlineData("notebooks/../../x.ipynb")]
    [InlineData("notebooks/.hidden.ipynb")]
    [InlineData("work/x.ipynb")]
    [InlineData("WORK/x.ipynb")]
    [InlineData("notebooks/bin/x.ipynb")]
    [InlineData("notebooks/a\u0001b")]
    public async Task Nothing_is_written_under_a_name_that_means_something_else(string path)
    {
        var before = Files("*").Count();
        var body = new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = "x" };
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        foreach (var target in (string[])[escaped, escaped.Replace("/", "%2F", StringComparison.Ordinal)])
        {
            var (status, _) = await studio.CallAsync("PUT", "/api/contents/" + target, body);
            Assert.True((int)status is 400 or 403 or 404 || (target.Contains("%2F", StringComparison.Ordinal) && (int)status is 201), $"{target}: {status}");
        }

        var (renamed, _) = await studio.CallAsync("PATCH", "/api/contents/notebooks/01-first.ipynb", new JsonObject { ["path"] = path });
        Assert.True((int)renamed is 400 or 403 or 404, $"{renamed}");
        Assert.InRange(Files("*").Count(), before, before + 1);
        Assert.Empty(Files("x.ipynb"));
    }

    [Fact]
    public async Task Links_are_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        File.CreateSymbolicLink(Path.Combine(studio.Root, "notebooks", "link.txt"), Path.Combine(studio.Root, "..", "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(studio.Root, "notebooks", "away"), Path.Combine(studio.Root, ".."));
        Directory.CreateDirectory(studio.Work);
        Directory.CreateSymbolicLink(Path.Combine(studio.Work, "elsewhere"), Path.GetTempPath());
        foreach (var path in (string[])["notebooks/link.txt", "notebooks/away", "notebooks/away/secret.txt", "elsewhere", "elsewhere/x.txt"])
        {
            var (status, body) = await studio.CallAsync("GET", "/api/contents/" + path);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.DoesNotContain(Studio.Secret, $"{body}");
            Assert.Equal(HttpStatusCode.Forbidden, (await studio.CallAsync("PUT", "/api/contents/" + path, new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = "x" })).Status);
        }

        Assert.DoesNotContain("link", $"{await studio.GetAsync("/api/contents/notebooks")}");
        Assert.Equal(Studio.Secret, await File.ReadAllTextAsync(Path.Combine(studio.Root, "..", "secret.txt"), Ct));
        Directory.Delete(Path.Combine(studio.Root, "notebooks", "away"));
        Directory.Delete(Path.Combine(studio.Work, "elsewhere"));
    }

    [Fact]
    public async Task A_body_of_a_hundred_megabytes_is_refused_before_it_is_read()
    {
        foreach (var (method, path) in new[] { ("PUT", "/api/contents/big.ipynb"), ("POST", "/api/sessions"), ("PUT", "/course/progress") })
        {
            foreach (var chunked in new[] { false, true })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StreamContent(new Zeros(100 << 20)) };
                request.Headers.TransferEncodingChunked = chunked;
                if (!chunked) request.Content.Headers.ContentLength = 100 << 20;
                request.Headers.ExpectContinue = true;
                var before = GC.GetTotalAllocatedBytes();
                try
                {
                    using var response = await studio.Client.SendAsync(request, Ct);
                    Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
                }
                catch (HttpRequestException)
                {
                    // The connection was closed while we were still sending: refused as well.
                }

                if (!chunked) Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20 << 20);
            }
        }

        Assert.False(File.Exists(Path.Combine(studio.Work, "big.ipynb")));
        await AliveAsync();
    }

    [Fact]
    public async Task Clients_that_dribble_are_cut_off_and_keep_nobody_waiting()
    {
        var slow = Enumerable.Range(0, 200).Select(async i =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, studio.Port, Ct);
            var stream = client.GetStream();
            // Half of them dribble headers, half a body.
            var begin = i % 2 == 0
                ? $"GET /api/kernels HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\n"
                : $"PUT /course/progress HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nAuthorization: token {studio.Token}\r\nContent-Length: 100000\r\n\r\n{{";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), Ct);
            var clock = Stopwatch.StartNew();
            var closed = stream.ReadAsync(new byte[1000], Ct).AsTask();
            try
            {
                while (!closed.IsCompleted && clock.Elapsed < TimeSpan.FromSeconds(20))
                {
                    await stream.WriteAsync("X"u8.ToArray(), Ct);
                    await Task.WhenAny(closed, Task.Delay(500, Ct));
                }
            }
            catch (IOException)
            {
                // Cut off while writing.
            }

            return clock.Elapsed;
        }).ToList();

        await Task.Delay(1000, Ct);
        var clock = Stopwatch.StartNew();
        await AliveAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"an honest client waited {clock.Elapsed}");
        Assert.All(await Task.WhenAll(slow), lasted => Assert.InRange(lasted.TotalSeconds, 0, 15));
    }

    [Fact]
    public async Task Malformed_requests_get_an_answer_of_their_own_kind()
    {
        string[] requests =
        [
            "GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0", "GET / HTTP/1.1\r\n\r\n", $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nHost: evil\r\n\r\n",
            $"POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nContent-Length: -1\r\n\r\n",
            $"POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{studio.Port}\r\nX: {new string('b', 40_000)}\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            var answer = await RawAsync(request, shutdown: true);
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), answer);
        }

        foreach (var body in (string[])["{", "[]", "null", "1", "{\"a\":1,\"a\":2}", "\"x\"", new string('[', 100_000), "{\"path\":7}", "{\"kernel\":[]}", "{\"path\":\"a\",\"kernel\":{\"name\":\"nobody\"}}", "{\"path\":\"a\",\"kernel\":{\"id\":\"nobody\"}}"])
        {
            using var response = await studio.Client.PostAsync("/api/sessions", new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), Ct);
            Assert.True((int)response.StatusCode is 400 or 404, $"{body[..Math.Min(40, body.Length)]}: {response.StatusCode}");
            Assert.EndsWith(".", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["message"]);
        }

        await AliveAsync();
    }

    [Theory]
    [InlineData("http://127.0.0.1:PORT/?once=0123abcd", true)]
    [InlineData("http://127.0.0.1:PORT/?once=0123abcd&x=y", false)]
    [InlineData("http://127.0.0.1:1/?once=0123abcd", false)]
    [InlineData("http://evil.example/?once=0123abcd", false)]
    [InlineData("file:///usr/bin/something", false)]
    [InlineData(@"\\evil.example\share\something.exe", false)]
    public async Task Whoever_has_the_port_of_a_server_that_was_killed_cannot_make_a_second_start_open_another_address(string address, bool opened)
    {
        var state = Directory.CreateTempSubdirectory("state-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        address = address.Replace("PORT", $"{port}", StringComparison.Ordinal);
        RunningServer.Record(studio.Server, studio.Root, state);
        var record = Directory.EnumerateFiles(Path.Combine(state, "servers")).Single();
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, Ct)).Replace($"\"port\":{studio.Port}", $"\"port\":{port}", StringComparison.Ordinal), Ct);

        var stranger = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Ct);
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[4096], Ct);
            var body = new JsonObject { ["address"] = address }.ToJsonString();
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), Ct);
        }, Ct);
        var found = await RunningServer.FindAsync(studio.Root, state);
        await stranger;
        Directory.Delete(state, recursive: true);

        Assert.Equal(opened ? address : null, found?.Once);
    }

    [Fact]
    public void Keys_and_tokens_are_readable_by_this_user_only()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has other means than modes.");
        foreach (var file in Directory.EnumerateFiles(studio.State, "*", SearchOption.AllDirectories))
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) == 0, file);
        Assert.NotEmpty(Directory.EnumerateFiles(studio.State));
    }

    // Without following links: one of these tests makes some that go round in circles.
    private IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(studio.Root)!, pattern, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private async Task AliveAsync() => Assert.NotNull(await studio.GetAsync("/api/status"));

    private async Task<string> CookiesAsync()
    {
        using var client = studio.NewClient();
        using var response = await client.GetAsync($"/?token={studio.Token}", Ct);
        return string.Join("; ", response.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string method, string path, string cookies, params (string Name, string? Value)[] headers)
    {
        using var client = studio.NewClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Cookie", cookies);
        foreach (var (name, value) in headers)
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, Ct);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    // Bytes as they are: HttpClient tidies addresses up before it sends them.
    private async Task<string> RawAsync(string request, bool shutdown = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, studio.Port, Ct);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Ct);
            if (shutdown) client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(answer, Ct);
        }
        catch (IOException)
        {
            // A connection that was reset has said what it had to say.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var some = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, some).Fill((byte)' ');
            _left -= some;
            return some;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
