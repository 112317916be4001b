using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FaceCourse.Studio.Server;

/// <summary>What clients ask of the server itself.</summary>
internal static class ServerApi
{
    // The Jupyter Server whose API this is; clients look at the major version.
    private const string JupyterVersion = "2.17.0";
    private static readonly string[] Resources = ["contents", "events", "kernels", "kernelspecs", "sessions", "server"];

    public static void Map(IEndpointRouteBuilder app, StudioServer server, TaskCompletionSource endRequested)
    {
        var started = DateTime.UtcNow;
        app.MapGet("/api", c => Answer.JsonAsync(c, new JsonObject { ["version"] = JupyterVersion }));
        app.MapGet("/api/status", c => Answer.JsonAsync(c, new JsonObject
        {
            ["started"] = Moment.Text(started),
            ["last_activity"] = Moment.Text(server.Kernels.All.Select(k => k.LastActivity).Append(started).Max()),
            ["kernels"] = server.Kernels.All.Count(),
            ["connections"] = server.Kernels.All.Sum(k => k.Connections),
        }));
        app.MapGet("/api/me", c => Answer.JsonAsync(c, new JsonObject
        {
            ["identity"] = new JsonObject
            {
                ["username"] = "student", ["name"] = "Student", ["display_name"] = "Student", ["initials"] = "S", ["avatar_url"] = null, ["color"] = null,
            },
            ["permissions"] = new JsonObject(Resources.Select(r => KeyValuePair.Create(r, (JsonNode?)new JsonArray("read", "write", "execute")))),
        }));
        app.MapPost("/api/shutdown", c =>
        {
            endRequested.TrySetResult();
            return Answer.NothingAsync(c);
        });

        // For a second start of the program, which opens this server's page instead of its own.
        app.MapGet("/api/once", c => Answer.JsonAsync(c, new JsonObject { ["address"] = server.AddressForOnce }));
        app.MapGet("/api/events/subscribe", SilenceAsync);
    }

    private static async Task SilenceAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw new ApiException(StatusCodes.Status400BadRequest, "This is a WebSocket.");

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var nothing = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(nothing, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client left without a word.
        }
    }
}
