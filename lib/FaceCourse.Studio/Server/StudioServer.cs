using System.Net;
using System.Net.Sockets;
using FaceCourse.Assets;
using FaceCourse.Studio.Server.Access;
using FaceCourse.Studio.Server.Contents;
using FaceCourse.Studio.Server.Course;
using FaceCourse.Studio.Server.Kernels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FaceCourse.Studio.Server;

/// <summary>The course on 127.0.0.1: Jupyter's API, the course's own, and the page.</summary>
internal sealed class StudioServer : IAsyncDisposable
{
    private const int UsualPort = 8710;
    private const int PortsTried = 10;

    private readonly WebApplication _app;
    private readonly string _runtime;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StudioServer(WebApplication app, Secrets secrets, KernelManager kernels, int port, string runtime)
    {
        (_app, Secrets, Kernels, Port, _runtime) = (app, secrets, kernels, port, runtime);
    }

    public Secrets Secrets { get; }

    public KernelManager Kernels { get; }

    public int Port { get; }

    /// <summary>The address with the token: for the terminal, and for whoever may come in.</summary>
    public string Address => $"http://127.0.0.1:{Port}/?token={Secrets.Token}";

    /// <summary>An address that lets one browser in, soon. Unlike <see cref="Address"/> it may stand in a command line.</summary>
    public string AddressForOnce => $"http://127.0.0.1:{Port}/?once={Secrets.NewOnce()}";

    /// <summary>Completes when a client asked the server to end.</summary>
    public Task EndRequested => _asked.Task;

    /// <summary>Starts the server; when the port is taken, on another one.</summary>
    public static async Task<StudioServer> StartAsync(ServerOptions options)
    {
        var folder = new CourseFolder(options.Root);
        var runtime = RuntimeFolder.New(options.StateFolder);
        var secrets = new Secrets();
        var notary = new Notary(options.StateFolder);
        var progress = new ProgressFile(folder);
        var notebooks = new NotebookList(folder, progress);
        var kernels = new KernelManager(notebooks.Folder, runtime);

        foreach (var port in Ports(options.Port))
        {
            var app = Build(port);
            var server = new StudioServer(app, secrets, kernels, port, runtime);
            try
            {
                // The gatekeeper must know the port before the first request, so a free one is found first.
                var gate = new Gatekeeper(secrets, port);
                app.Use((context, next) => Answer.GuardAsync(context, () => gate.InvokeAsync(context, () => next(context))));
                server.Map(folder, notary, notebooks, progress, options);
                await app.StartAsync();
                folder.Files.Sweep();
                if (options.Warm) _ = kernels.WarmUpAsync();
                return server;
            }
            catch (Exception e) when (e is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                // The second kind comes where another server took the port in the same moment, between our binding and our listening.
                await app.DisposeAsync();
            }
        }

        throw new IOException("No port of this machine is free.");
    }

    /// <summary>Ends kernels and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Kernels.DisposeAsync();
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await _app.DisposeAsync();
        RuntimeFolder.Remove(_runtime);
    }

    private static IEnumerable<int> Ports(int? wanted)
    {
        foreach (var port in wanted is { } one ? [one] : Enumerable.Range(UsualPort, PortsTried)) yield return port;
        for (var attempt = 0; attempt < PortsTried; attempt++) yield return FreePort();
    }

    // Free again by the time it is returned, so that the server can take it.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);

            // A client that dribbles holds a connection for seconds, not for ever.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MaxConcurrentConnections = 512;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 256;
            kestrel.Limits.MaxRequestBodySize = Answer.SmallBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        });
        builder.Services.AddRoutingCore();
        return builder.Build();
    }

    private void Map(CourseFolder folder, Notary notary, NotebookList notebooks, ProgressFile progress, ServerOptions options)
    {
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        _app.UseRouting();
        var sessions = new Sessions(Kernels, folder.FolderOf);
        var assets = new AssetDesk(AssetStore.Default, _stopping.Token);
        ServerApi.Map(_app, this, _asked);
        KernelsApi.Map(_app, Kernels, sessions, _stopping.Token);
        ContentsApi.Map(_app, new ContentsStore(folder, notary));
        CourseApi.Map(_app, notebooks, progress, assets, new StatusReport(folder.Root, Kernels, assets), new QuizDesk(options.QuizFile));

        // What an API does not know is not a page.
        foreach (var api in (string[])["api", "course"]) _app.Map($"/{api}/{{**rest}}", _ => throw new ApiException(StatusCodes.Status404NotFound, "There is no such call; lib/FaceCourse.Studio/Server/README.md lists them."));
        _app.MapFallback("{**path}", new PageFiles(options.PageFolder).ServeAsync);
    }
}
