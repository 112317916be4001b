using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>Kernelspecs, kernels, sessions and channels, as Jupyter Server has them.</summary>
internal static class KernelsApi
{
    public static void Map(IEndpointRouteBuilder app, KernelManager kernels, Sessions sessions, CancellationToken stopping)
    {
        app.MapGet("/api/kernelspecs", c => Answer.JsonAsync(c, new JsonObject
        {
            ["default"] = InstalledSpec.Own.Name,
            ["kernelspecs"] = new JsonObject(InstalledSpec.All().Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.Model(s.Key)))),
        }));
        app.MapGet("/api/kernelspecs/{name}", c => Answer.JsonAsync(c, Spec(c).Model(Value(c, "name"))));
        app.MapGet("/kernelspecs/{name}/{file}", ResourceAsync);

        app.MapGet("/api/kernels", c => Answer.JsonAsync(c, new JsonArray([.. kernels.All.Select(k => (JsonNode)k.Model())])));
        app.MapPost("/api/kernels", async c =>
        {
            var body = await Answer.BodyAsync(c);
            var path = body["path"]?.ToString();
            var kernel = kernels.Start(body["name"]?.ToString(), path is null ? null : sessions.FolderOf(path + "/-"), path);
            c.Response.Headers.Location = $"/api/kernels/{kernel.Id}";
            await Answer.JsonAsync(c, kernel.Model(), StatusCodes.Status201Created);
        });
        app.MapGet("/api/kernels/{id}", c => Answer.JsonAsync(c, kernels.Find(Value(c, "id")).Model()));
        app.MapDelete("/api/kernels/{id}", async c =>
        {
            await kernels.ShutDownAsync(Value(c, "id"));
            await Answer.NothingAsync(c);
        });
        app.MapPost("/api/kernels/{id}/interrupt", c =>
        {
            kernels.Find(Value(c, "id")).Interrupt();
            return Answer.NothingAsync(c);
        });
        app.MapPost("/api/kernels/{id}/restart", async c =>
        {
            var kernel = kernels.Find(Value(c, "id"));
            try
            {
                await kernel.RestartAsync(c.RequestAborted);
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                throw new ApiException(StatusCodes.Status500InternalServerError, $"The kernel could not be restarted: {e.Message}");
            }

            await Answer.JsonAsync(c, kernel.Model());
        });
        app.MapGet("/api/kernels/{id}/channels", c =>
        {
            var kernel = kernels.Find(Value(c, "id"));
            return c.WebSockets.IsWebSocketRequest
                ? ChannelsSocket.ServeAsync(c, kernel, stopping)
                : throw new ApiException(StatusCodes.Status400BadRequest, "This is a WebSocket.");
        });

        app.MapGet("/api/sessions", c => Answer.JsonAsync(c, sessions.List()));
        app.MapPost("/api/sessions", async c =>
        {
            var session = sessions.Start(await Answer.BodyAsync(c));
            c.Response.Headers.Location = $"/api/sessions/{session["id"]}";
            await Answer.JsonAsync(c, session, StatusCodes.Status201Created);
        });
        app.MapGet("/api/sessions/{id}", c => Answer.JsonAsync(c, sessions.Get(Value(c, "id"))));
        app.MapPatch("/api/sessions/{id}", async c => await Answer.JsonAsync(c, await sessions.ChangeAsync(Value(c, "id"), await Answer.BodyAsync(c))));
        app.MapDelete("/api/sessions/{id}", async c =>
        {
            await sessions.EndAsync(Value(c, "id"));
            await Answer.NothingAsync(c);
        });
    }

    private static string Value(HttpContext context, string name) => (string)context.GetRouteValue(name)!;

    private static InstalledSpec Spec(HttpContext context) =>
        InstalledSpec.All().TryGetValue(Value(context, "name"), out var spec) ? spec : throw new ApiException(StatusCodes.Status404NotFound, $"There is no kernel named {Value(context, "name")} on this machine.");

    // Logos: only files whose very name a listing of the kernel's folder shows.
    private static async Task ResourceAsync(HttpContext context)
    {
        var file = Spec(context) is { Folder: { } folder } ? Directory.EnumerateFiles(folder).FirstOrDefault(f => Path.GetFileName(f) == Value(context, "file")) : null;
        if (file is null || !Path.GetFileName(file).StartsWith("logo-", StringComparison.Ordinal)) throw new ApiException(StatusCodes.Status404NotFound, "There is no such file.");

        context.Response.ContentType = MimeTypes.Of(file);
        context.Response.Headers.ContentSecurityPolicy = ContentSandbox.Policy;
        await context.Response.SendFileAsync(file, context.RequestAborted);
    }
}
