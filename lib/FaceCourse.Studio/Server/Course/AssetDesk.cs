using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FaceCourse.Assets;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Course;

/// <summary>What the course has fetched, what it could fetch, and fetching it.</summary>
internal sealed class AssetDesk(AssetStore store, CancellationToken stopping)
{
    private static readonly TimeSpan FailuresShown = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Download> _downloads = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IReadOnlyList<AssetStatus>? _status;
    private DateTime _looked = DateTime.MinValue;
    private bool _looking;

    private sealed class Download(string name, long total, CancellationTokenSource cancel) : IProgress<AssetProgress>
    {
        public AssetProgress Last { get; private set; } = new(name, 0, total, 0);

        public CancellationTokenSource Cancel { get; } = cancel;

        public string? Error { get; set; }

        public DateTime Ended { get; set; }

        public void Report(AssetProgress value) => Last = value;
    }

    /// <summary>How many assets are here, and which; null until they were hashed for the first time.</summary>
    public JsonObject? Status()
    {
        Look();
        if (_status is not { } status) return null;

        return new JsonObject
        {
            ["found"] = status.Count(s => s.Found),
            ["total"] = status.Count,
            ["items"] = new JsonArray([.. status.Select(s => (JsonNode)new JsonObject
            {
                ["name"] = s.Name,
                ["what"] = s.What,
                ["licence"] = s.Licence,
                ["bytes"] = s.Bytes,
                ["found"] = s.Found,
                ["place"] = s.Place.ToString() is var place ? char.ToLowerInvariant(place[0]) + place[1..] : "",
            })]),
        };
    }

    /// <summary>What is on its way, and what failed lately.</summary>
    public JsonArray Downloads()
    {
        foreach (var old in _downloads.Where(d => d.Value.Error is not null && DateTime.UtcNow - d.Value.Ended > FailuresShown).Select(d => d.Key).ToList()) _downloads.TryRemove(old, out _);
        return [.. _downloads.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (JsonNode)new JsonObject
        {
            ["name"] = d.Key,
            ["received"] = d.Value.Last.Received,
            ["total"] = d.Value.Last.Total,
            ["bytesPerSecond"] = Math.Round(d.Value.Last.BytesPerSecond),
            ["error"] = d.Value.Error,
        })];
    }

    /// <summary>Begins to fetch an asset; one that is on its way stays so.</summary>
    public void Begin(string name)
    {
        var entry = store.Catalogue.Entries.FirstOrDefault(e => e.Name == name) ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is no asset named {name}.");
        if (_downloads.TryGetValue(name, out var running) && running.Error is null) return;

        var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var download = new Download(name, entry.Bytes, cancel);
        _downloads[name] = download;
        _ = Task.Run(() => FetchAsync(entry, download), CancellationToken.None);
    }

    /// <summary>Stops fetching; what has come is kept for the next try.</summary>
    public void Stop(string name)
    {
        if (!_downloads.TryRemove(name, out var download)) throw new ApiException(StatusCodes.Status404NotFound, $"{name} is not being fetched.");
        download.Cancel.Cancel();
    }

    private async Task FetchAsync(AssetEntry entry, Download download)
    {
        try
        {
            if (entry.IsFolder) await store.GetFolderAsync(entry.Name, download, download.Cancel.Token);
            else await store.GetAsync(entry.Name, download, download.Cancel.Token);
            _downloads.TryRemove(KeyValuePair.Create(entry.Name, download));
        }
        catch (OperationCanceledException)
        {
            _downloads.TryRemove(KeyValuePair.Create(entry.Name, download));
        }
        catch (Exception e)
        {
            (download.Ended, download.Error) = (DateTime.UtcNow, e is AssetException ? e.Message : $"{entry.Name} could not be fetched: {e.Message}");
        }
        finally
        {
            download.Cancel.Dispose();
            lock (_gate) _looked = DateTime.MinValue;
        }
    }

    // Hashing takes seconds the first time, so nobody waits for it.
    private void Look()
    {
        lock (_gate)
        {
            if (_looking || DateTime.UtcNow - _looked < Fresh) return;
            _looking = true;
        }

        _ = Task.Run(() =>
        {
            try
            {
                _status = store.Status();
            }
            catch (Exception e) when (e is AssetException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
            }
            finally
            {
                lock (_gate) (_looking, _looked) = (false, DateTime.UtcNow);
            }
        });
    }
}
