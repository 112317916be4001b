using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace FaceCourse.Assets;

/// <summary>Downloads one file into a part file, taking up an interrupted download where it stopped.</summary>
/// <remarks>
/// The part file's name is the wanted sha256, so it survives the process. A server that ignores the range, offers
/// another range or another version makes it start again from the first byte.
/// </remarks>
internal sealed class HttpDownload(HttpClient client, AssetStoreOptions options)
{
    /// <summary>Fills <paramref name="part"/> to exactly the wanted length. The caller checks the sha256.</summary>
    /// <exception cref="AssetException">The file cannot be had; the message is a clause without a remedy.</exception>
    public async Task FetchAsync(AssetFile file, Uri address, string part, IProgress<AssetProgress>? progress, CancellationToken ct)
    {
        var pause = options.RetryDelay;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await OnceAsync(file, address, part, progress, ct);
                return;
            }
            catch (Exception e) when (IsPassing(e) && !ct.IsCancellationRequested)
            {
                if (attempt >= options.Retries) throw new AssetException($"{address} did not answer properly ({Reason(e)})", e);
                await Task.Delay(pause, ct);
                pause *= 2;
            }
        }
    }

    private async Task OnceAsync(AssetFile file, Uri address, string part, IProgress<AssetProgress>? progress, CancellationToken ct)
    {
        // One clock for everything that may stand still: name look-up, connection, headers, each piece of the body.
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stall.CancelAfter(options.StallTimeout);

        var tag = part + ".etag";
        await using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (target.Length >= file.Bytes) target.SetLength(0);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new("identity"));
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
            if (File.Exists(tag) && EntityTagHeaderValue.TryParse(await File.ReadAllTextAsync(tag, ct), out var known))
                request.Headers.IfRange = new RangeConditionHeaderValue(known);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            target.SetLength(0);
            throw new HttpIOException(HttpRequestError.InvalidResponse, "the server has nothing to add to the part that was there");
        }
        response.EnsureSuccessStatusCode();

        var resumed = response.StatusCode == HttpStatusCode.PartialContent;
        if (resumed && response.Content.Headers.ContentRange?.From != target.Length)
        {
            target.SetLength(0);
            throw new HttpIOException(HttpRequestError.InvalidResponse, "the server sent another range than the one asked for");
        }
        if (!resumed) target.SetLength(0);
        target.Seek(0, SeekOrigin.End);

        if (response.Content.Headers.ContentLength is { } length && target.Length + length != file.Bytes)
        {
            target.SetLength(0);
            throw new AssetException($"{address} offers {length} bytes where {file.Bytes} were expected (is there a sign-in page between you and the internet?)");
        }
        if (response.Headers.ETag is { IsWeak: false } etag) await File.WriteAllTextAsync(tag, etag.ToString(), ct);
        else File.Delete(tag);

        await CopyAsync(file, response, target, progress, stall);
    }

    private async Task CopyAsync(AssetFile file, HttpResponseMessage response, FileStream target, IProgress<AssetProgress>? progress, CancellationTokenSource stall)
    {
        await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
        var clock = Stopwatch.StartNew();
        var before = target.Length;
        var buffer = new byte[1 << 16];
        var reported = TimeSpan.Zero;
        int read;
        while ((read = await body.ReadAsync(buffer, stall.Token)) > 0)
        {
            stall.CancelAfter(options.StallTimeout);
            if (target.Position + read > file.Bytes)
            {
                target.SetLength(0);
                throw new AssetException($"{response.RequestMessage!.RequestUri} sends more than the {file.Bytes} bytes that were expected");
            }
            await target.WriteAsync(buffer.AsMemory(0, read), stall.Token);
            if (clock.Elapsed - reported < TimeSpan.FromMilliseconds(100) && target.Position < file.Bytes) continue;
            reported = clock.Elapsed;
            progress?.Report(new(file.Name, target.Position, file.Bytes, (target.Position - before) / Math.Max(clock.Elapsed.TotalSeconds, 1e-3)));
        }
        if (target.Position < file.Bytes) throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection broke off");
    }

    // Worth another try: the line, not the address. Trouble with the own disk is neither.
    private static bool IsPassing(Exception e) => e switch
    {
        HttpRequestException { StatusCode: { } code } => (int)code >= 500 || code is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        HttpRequestException or HttpIOException or OperationCanceledException or IOException { InnerException: SocketException } => true,
        _ => false,
    };

    private static string Reason(Exception e) => e switch
    {
        OperationCanceledException => "it stood still for too long",
        _ => e.Message.TrimEnd('.'),
    };
}
