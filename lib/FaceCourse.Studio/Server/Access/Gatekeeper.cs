using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace FaceCourse.Studio.Server.Access;

/// <summary>Lets in who has the token or the cookie, from our own page or from no page at all.</summary>
/// <remarks>
/// Three attackers are kept out: another user of this machine (no token), a web page that makes the browser ask us (Origin, SameSite, XSRF),
/// and a page whose name was pointed at 127.0.0.1 after it was loaded (DNS rebinding: its Host header is not ours).
/// </remarks>
internal sealed class Gatekeeper(Secrets secrets, int port)
{
    private const string XsrfCookie = "_xsrf";
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { $"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}" };

    // Cookies know no ports: the name has to, or two servers would take each other's.
    private string Cookie => $"facecourse-{port}";

    public async Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var request = context.Request;
        if (!_hosts.Contains(request.Host.Value ?? "")) throw Forbidden("This server answers to 127.0.0.1 and localhost only; open the address that the terminal printed.");

        SafetyHeaders.Add(context);
        if (!IsOurOrigin(request)) throw Forbidden("Another page asked for this; only the course's own page may.");

        if (HttpMethods.IsGet(request.Method) && !context.WebSockets.IsWebSocketRequest && !IsApi(request.Path) && EntersByAddress(request))
        {
            Enter(context);
            return;
        }

        if (!HasToken(request))
        {
            if (!Secrets.Same(request.Cookies[Cookie], secrets.Cookie))
            {
                await RefuseAsync(context);
                return;
            }

            if (ChangesSomething(request) && !HasXsrf(request)) throw Forbidden("The header X-XSRFToken is missing or is not the cookie _xsrf; load the page again.");
            if (!request.Cookies.ContainsKey(XsrfCookie)) SetXsrf(context);
        }

        await next();
    }

    private static ApiException Forbidden(string sentence) => new(StatusCodes.Status403Forbidden, sentence);

    private static bool IsApi(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/course");

    private static bool ChangesSomething(HttpRequest request) => !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));

    // A browser names the page that asks; a program does not, and is known by its token alone.
    private static bool IsOurOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is { Count: > 0 } origin) return origin.Count == 1 && string.Equals(origin[0], $"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);

        // A link elsewhere may lead here (a bookmark page); anything else from elsewhere may not.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none" || (HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate");
    }

    private bool EntersByAddress(HttpRequest request) =>
        (request.Query["token"] is [{ } token] && Secrets.Same(token, secrets.Token)) || (request.Query["once"] is [{ } once] && secrets.Use(once));

    private bool HasToken(HttpRequest request)
    {
        if (request.Query["token"] is [{ } token]) return Secrets.Same(token, secrets.Token);
        if (request.Headers.Authorization is not [{ } header]) return false;

        var space = header.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && header[..space].ToLowerInvariant() is "token" or "bearer" && Secrets.Same(header[(space + 1)..].Trim(), secrets.Token);
    }

    // What the script read from the cookie must be what the browser sends: another site's page can do the second, not the first.
    private static bool HasXsrf(HttpRequest request) =>
        request.Cookies[XsrfCookie] is { Length: >= 16 } cookie && request.Headers["X-XSRFToken"] is [{ } header] && Secrets.Same(header, cookie);

    // The token leaves the address at once, so that it is in no history and no screenshot.
    private void Enter(HttpContext context)
    {
        context.Response.Cookies.Append(Cookie, secrets.Cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
        SetXsrf(context);
        var rest = new QueryBuilder(context.Request.Query.Where(q => q.Key is not ("token" or "once")).SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v ?? "")));

        // Two slashes at the start would be another server's name.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect("/" + context.Request.Path.ToUriComponent().TrimStart('/') + rest.ToQueryString().ToUriComponent());
    }

    private static void SetXsrf(HttpContext context)
    {
        if (context.Request.Cookies[XsrfCookie] is { Length: >= 16 }) return;

        context.Response.Cookies.Append(XsrfCookie, RandomNumberGenerator.GetHexString(32, lowercase: true), new CookieOptions { SameSite = SameSiteMode.Strict, Path = "/" });
    }

    private static async Task RefuseAsync(HttpContext context)
    {
        const string Sentence = "Open the address that the terminal printed (it holds the token), or start the course again.";
        if (IsApi(context.Request.Path) || !context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            throw new ApiException(StatusCodes.Status401Unauthorized, Sentence);

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Notice.Page("Please come in by the front door", Sentence));
    }
}
