using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using FaceCourse.Studio.Server;
using Xunit;

namespace FaceCourse.Studio.Tests.Server;

/// <summary>The Studio's server in this process, on a course folder of the tests' own.</summary>
public sealed class Studio : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("studio-").FullName;
    private StudioServer? _server;

    /// <summary>The course folder; beside it lies <c>secret.txt</c>, which nobody may read.</summary>
    public string Root => Path.Combine(_folder, "course");

    public string State => Path.Combine(_folder, "state");

    public string Work => Path.Combine(Root, "work");

    public const string Secret = "the secret of the house next door";

    public int Port => Server.Port;

    public string Token => Server.Secrets.Token;

    public string Address => $"http://127.0.0.1:{Port}/";

    /// <summary>Has the token.</summary>
    public HttpClient Client { get; private set; } = null!;

    internal StudioServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Root, "notebooks"));
        Directory.CreateDirectory(Path.Combine(_folder, "page"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "page", "index.html"), "<!doctype html><title>The page</title>");
        await File.WriteAllTextAsync(Path.Combine(_folder, "page", "main-ABCDEFGH.js"), "1");
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.txt"), Secret);
        await File.WriteAllTextAsync(Path.Combine(Root, ".hidden"), Secret);
        await File.WriteAllTextAsync(Path.Combine(Root, "notebooks", "picture.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
        WriteNotebook("notebooks/01-first.ipynb", "# 1 · The first", "1 + 1", "Exercise.Named(\"a\", \"\", \"\")");
        WriteNotebook("notebooks/02-second.ipynb", "# 2 · The second", "// In .NET Interactive or VS Code this cell loads the library.", "2 + 2");
        _server = await StudioServer.StartAsync(new ServerOptions(Root, Warm: false) { StateFolder = State, PageFolder = Path.Combine(_folder, "page") });
        Client = NewClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A client without token that follows no redirections and keeps no cookies.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(Address), Timeout = TimeSpan.FromSeconds(30) };

    public void WriteNotebook(string path, string title, params string[] cells)
    {
        var notebook = NotebookDocument.Create();
        notebook.Add("markdown", title);
        foreach (var cell in cells) notebook.Add("code", cell);
        notebook.Save(Path.Combine(Root, path));
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> CallAsync(string method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The answer's body; fails the test when the status is another.</summary>
    public async Task<JsonNode> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var (status, body) = await CallAsync("GET", path);
        Assert.True(status == expected, $"GET {path}: {status} {body}");
        return body!;
    }
}
