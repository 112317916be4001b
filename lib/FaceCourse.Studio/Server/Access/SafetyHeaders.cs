using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Access;

/// <summary>What every answer tells the browser not to do.</summary>
internal static class SafetyHeaders
{
    // Trusted outputs are scripts, so inline scripts and eval have to run; but nothing may be fetched from or sent to another
    // place, so that a photo stays on this machine whatever a cell shows.
    private static string Policy(string host) =>
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        $"font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self' ws://{host} data: blob:; worker-src 'self' blob:; frame-src 'self' data: blob:; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds them; the request's Host has been checked by then.</summary>
    public static void Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy(context.Request.Host.Value ?? "127.0.0.1");
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
