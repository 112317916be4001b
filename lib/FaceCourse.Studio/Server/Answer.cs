using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FaceCourse.Studio.Server;

/// <summary>JSON in and out of requests, and exceptions as answers.</summary>
internal static class Answer
{
    /// <summary>What a request may send unless its handler allows more: 1 MB.</summary>
    public const long SmallBody = 1 << 20;

    /// <summary>Deepest nesting of JSON that is read: plots nest deeper than .NET's default of 64 allows.</summary>
    public const int MostDepth = 256;

    private const int DiskFullUnix = 28;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int QuotaExceededUnix = 122;

    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes JSON; the type forbids a browser to take it for a page.</summary>
    public static async Task JsonAsync(HttpContext context, JsonNode node, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Layout);
        node.WriteTo(writer);
        await writer.FlushAsync(context.RequestAborted);
    }

    /// <summary>An answer without a body.</summary>
    public static Task NothingAsync(HttpContext context, int status = StatusCodes.Status204NoContent)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Reads the body, a JSON object; an empty body is an empty object.</summary>
    /// <exception cref="ApiException">It is too large, or no JSON object.</exception>
    public static async Task<JsonObject> BodyAsync(HttpContext context, long most = SmallBody)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = most;
        if (context.Request.ContentLength > most) throw TooLarge(most);

        var text = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, most));
        await context.Request.Body.CopyToAsync(text, context.RequestAborted);
        if (text.Length == 0) return [];

        try
        {
            text.Position = 0;
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ApiException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"The body is no valid JSON ({e.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>Runs a handler; whatever it throws becomes an answer of one sentence.</summary>
    public static async Task GuardAsync(HttpContext context, Func<Task> handle)
    {
        try
        {
            await handle();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e)
        {
            var (status, sentence) = Sentence(e);
            if (status == StatusCodes.Status500InternalServerError) await Console.Error.WriteLineAsync($"{context.Request.Method} {context.Request.Path}: {e}");
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            Access.SafetyHeaders.Add(context);
            await JsonAsync(context, new JsonObject { ["message"] = sentence, ["reason"] = null }, status);
        }
    }

    /// <summary>True when the system said that there is no room left.</summary>
    public static bool IsDiskFull(IOException e) => e.HResult is DiskFullUnix or DiskFullWindows or QuotaExceededUnix;

    private static ApiException TooLarge(long most) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than the {most >> 20} MB allowed here; clear some outputs and save again.");

    private static (int Status, string Sentence) Sentence(Exception e) => e switch
    {
        ApiException api => (api.Status, api.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "The body is larger than allowed here; clear some outputs and save again."),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        IOException io when IsDiskFull(io) => (StatusCodes.Status507InsufficientStorage, "The disk is full, so nothing was written and the last saved version stays; free some space and save again."),
        UnauthorizedAccessException or IOException => (StatusCodes.Status500InternalServerError, $"The file could not be read or written: {e.Message}"),
        _ => (StatusCodes.Status500InternalServerError, "The server made a mistake; its terminal says more."),
    };
}
