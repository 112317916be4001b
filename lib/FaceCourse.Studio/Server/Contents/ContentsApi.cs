using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FaceCourse.Studio.Server.Contents;

/// <summary>Files, as Jupyter Server has them, with checkpoints and trust.</summary>
internal static class ContentsApi
{
    private const long LargestSave = 64L << 20;
    private const string Checkpoints = "/checkpoints";
    private const string TrustCall = "/trust";

    public static void Map(IEndpointRouteBuilder app, ContentsStore store)
    {
        app.Map("/api/contents/{**path}", c => DispatchAsync(c, store));
        app.MapGet("/files/{**path}", c => SendAsync(c, store));
    }

    // A path may hold any number of slashes, so what stands behind it is found here and not by the router.
    private static Task DispatchAsync(HttpContext context, ContentsStore store)
    {
        var path = (context.GetRouteValue("path") as string ?? "").Trim('/');
        var method = context.Request.Method;
        if (path.EndsWith(TrustCall, StringComparison.Ordinal) && HttpMethods.IsPost(method)) return TrustAsync(context, store, path[..^TrustCall.Length]);
        if (path.EndsWith(Checkpoints, StringComparison.Ordinal)) return CheckpointsAsync(context, store, path[..^Checkpoints.Length]);

        var id = path.LastIndexOf('/');
        if (id > 0 && path[..id].EndsWith(Checkpoints, StringComparison.Ordinal)) return CheckpointAsync(context, store, path[..id][..^Checkpoints.Length], path[(id + 1)..]);

        return method switch
        {
            "GET" => Answer.JsonAsync(context, store.Get(path, Query(context, "type"), Query(context, "format"), Query(context, "content") != "0", Query(context, "hash") == "1")),
            "PUT" => SaveAsync(context, store, path),
            "POST" => CreateAsync(context, store, path),
            "PATCH" => RenameAsync(context, store, path),
            "DELETE" => DeleteAsync(context, store, path),
            _ => throw NotAllowed(),
        };
    }

    private static async Task SaveAsync(HttpContext context, ContentsStore store, string path)
    {
        var (model, created) = await store.SaveAsync(path, await Answer.BodyAsync(context, LargestSave));
        await Answer.JsonAsync(context, model, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task CreateAsync(HttpContext context, ContentsStore store, string path)
    {
        var model = await store.CreateAsync(path, await Answer.BodyAsync(context));
        context.Response.Headers.Location = $"/api/contents/{Uri.EscapeDataString(model["path"]!.ToString()).Replace("%2F", "/", StringComparison.Ordinal)}";
        await Answer.JsonAsync(context, model, StatusCodes.Status201Created);
    }

    private static async Task RenameAsync(HttpContext context, ContentsStore store, string path) =>
        await Answer.JsonAsync(context, store.Rename(path, await Answer.BodyAsync(context)));

    private static Task DeleteAsync(HttpContext context, ContentsStore store, string path)
    {
        store.Delete(path);
        return Answer.NothingAsync(context);
    }

    private static Task TrustAsync(HttpContext context, ContentsStore store, string path)
    {
        store.Trust(path);
        return Answer.NothingAsync(context, StatusCodes.Status201Created);
    }

    private static async Task CheckpointsAsync(HttpContext context, ContentsStore store, string path)
    {
        if (HttpMethods.IsGet(context.Request.Method)) await Answer.JsonAsync(context, store.Checkpoints(path));
        else if (HttpMethods.IsPost(context.Request.Method)) await Answer.JsonAsync(context, await store.AddCheckpointAsync(path), StatusCodes.Status201Created);
        else throw NotAllowed();
    }

    private static async Task CheckpointAsync(HttpContext context, ContentsStore store, string path, string id)
    {
        if (HttpMethods.IsPost(context.Request.Method)) await store.RestoreCheckpointAsync(path, id);
        else if (HttpMethods.IsDelete(context.Request.Method)) store.DeleteCheckpoint(path, id);
        else throw NotAllowed();
        await Answer.NothingAsync(context);
    }

    private static async Task SendAsync(HttpContext context, ContentsStore store)
    {
        var (bytes, type, modified) = store.Open(context.GetRouteValue("path") as string ?? "");
        await using var _ = bytes;

        // A student's or a stranger's file may be a page with scripts; it gets none of our rights.
        context.Response.Headers.ContentSecurityPolicy = ContentSandbox.Policy;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.LastModified = modified.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (Query(context, "download") == "1") context.Response.Headers.ContentDisposition = "attachment";
        await bytes.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string? Query(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    private static ApiException NotAllowed() => new(StatusCodes.Status405MethodNotAllowed, "That cannot be done here.");
}
