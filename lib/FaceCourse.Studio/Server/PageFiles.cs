using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server;

/// <summary>The page's own files, from <c>page/dist</c> beside the program; any other path is the page itself, which reads its address.</summary>
internal sealed partial class PageFiles(string folder)
{
    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    /// <summary>Where the built page lies.</summary>
    public static string BuiltFolder => Path.Combine(AppContext.BaseDirectory, "page", "dist");

    public async Task ServeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) throw new ApiException(StatusCodes.Status405MethodNotAllowed, "There is nothing here that can be changed.");

        var path = (context.Request.Path.Value ?? "").Trim('/');
        var name = path.Contains('.', StringComparison.Ordinal) && path.LastIndexOf('.') > path.LastIndexOf('/') ? path : "index.html";
        if (Find(name) is not { } file)
        {
            if (name != "index.html") throw new ApiException(StatusCodes.Status404NotFound, $"There is no {path} here.");

            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(Notice.Page("The page has not been built", "Build lib/FaceCourse.Studio once with Node 20 or later on the PATH, then start the course again. Until then other Jupyter clients can use this server."), context.RequestAborted);
            return;
        }

        var info = new FileInfo(file);
        var tag = $"\"{info.LastWriteTimeUtc.Ticks.ToString("x", CultureInfo.InvariantCulture)}-{info.Length.ToString("x", CultureInfo.InvariantCulture)}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = Hashed().IsMatch(name) ? "private, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = MimeTypes.Of(name);
        context.Response.ContentLength = info.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.SendFileAsync(file, context.RequestAborted);
    }

    // Only names that a listing of the folder has shown can be asked for, so there is no path to be climbed.
    private string? Find(string name)
    {
        if (!_names.ContainsKey(name) && Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) _names[Path.GetRelativePath(folder, file).Replace('\\', '/')] = 0;
        }

        var path = Path.Combine(folder, name);
        return _names.ContainsKey(name) && File.Exists(path) ? path : null;
    }

    [GeneratedRegex(@"[.-][A-Z0-9]{8,}\.[a-z0-9]+(\.map)?$")]
    private static partial Regex Hashed();
}
