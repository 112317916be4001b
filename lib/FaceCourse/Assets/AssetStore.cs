using System.Diagnostics;

namespace FaceCourse.Assets;

/// <summary>Gives the path of a weight or data file by name, and never a file whose sha256 does not match.</summary>
/// <remarks>
/// A file is looked for in this order: the cache; the mirror folder named by <c>FACECOURSE_MIRROR</c>, by sha256 under
/// any file name; the npm package pinned in <c>models/package.json</c>; https. What was downloaded stays in the cache.
/// Every file is hashed at its first use in a process, wherever it lies.
/// </remarks>
/// <example><code>var weights = AssetStore.Default.Get("face-api/model/face_recognition_model.bin");</code></example>
public sealed class AssetStore
{
    private static readonly Lazy<AssetStore> Shared = new(() => new(new() { Notice = Console.Error.WriteLine }));
    private static readonly HttpClient SharedClient = Client(null);

    private readonly AssetStoreOptions _options;
    private readonly Sha256File _hashes = new();
    private readonly MirrorFolder? _mirror;
    private readonly NpmPackages _npm;
    private readonly HttpDownload _http;

    /// <summary>A store with its own catalogue, folders and addresses.</summary>
    public AssetStore(AssetStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options with { CacheFolder = Path.GetFullPath(options.CacheFolder) };
        _mirror = string.IsNullOrWhiteSpace(options.MirrorFolder) ? null : new(Path.GetFullPath(options.MirrorFolder), _hashes);
        _npm = new(_options);
        _http = new(options.HttpHandler is null ? SharedClient : Client(options.HttpHandler), _options);
    }

    /// <summary>The store that the course uses; it tells on the error stream what it fetches.</summary>
    public static AssetStore Default => Shared.Value;

    /// <summary>What can be asked for.</summary>
    public AssetCatalogue Catalogue => _options.Catalogue;

    /// <summary>The absolute path of a file, fetched first if need be. Blocks; see <see cref="GetAsync"/>.</summary>
    /// <param name="name">A name of the catalogue, for example <c>media/content/astronaut.png</c>.</param>
    /// <param name="ct">Stops a download, which a later call takes up again.</param>
    /// <exception cref="AssetException">The name is unknown, or the file cannot be had; the message says what to do.</exception>
    public string Get(string name, CancellationToken ct = default) => Task.Run(() => GetAsync(name, null, ct), ct).GetAwaiter().GetResult();

    /// <summary>The absolute path of a file, fetched first if need be.</summary>
    /// <param name="name">A name of the catalogue, for example <c>media/content/astronaut.png</c>.</param>
    /// <param name="progress">Told about a download's bytes and speed, ten times a second.</param>
    /// <param name="ct">Stops a download, which a later call takes up again.</param>
    /// <exception cref="AssetException">The name is unknown, or the file cannot be had; the message says what to do.</exception>
    public async Task<string> GetAsync(string name, IProgress<AssetProgress>? progress = null, CancellationToken ct = default)
    {
        var file = Find(name);
        return Local(file) ?? await Fetch(file, progress, ct).ConfigureAwait(false);
    }

    /// <summary>The path of a file that is on this machine already; nothing is fetched.</summary>
    /// <param name="name">A name of the catalogue.</param>
    /// <param name="path">The absolute path, or empty.</param>
    /// <returns>False when the name is unknown, or the file is missing or broken.</returns>
    public bool TryGetLocal(string name, out string path)
    {
        ArgumentNullException.ThrowIfNull(name);
        path = (Catalogue.TryFind(name, out var file) ? Local(file) : null) ?? "";
        return path.Length > 0;
    }

    /// <summary>The absolute path of a folder that holds all its files, each checked. Blocks; see <see cref="GetFolderAsync"/>.</summary>
    /// <param name="name">A folder of the catalogue, for example <c>faces/orl_faces</c> or <c>video/horse_in_motion</c>.</param>
    /// <param name="ct">Stops downloads, which a later call takes up again.</param>
    /// <exception cref="AssetException">The name is unknown, or a file cannot be had; the message says what to do.</exception>
    public string GetFolder(string name, CancellationToken ct = default) => Task.Run(() => GetFolderAsync(name, null, ct), ct).GetAwaiter().GetResult();

    /// <summary>The absolute path of a folder that holds all its files, each checked.</summary>
    /// <remarks>It may hold other files too: go by the catalogue's names, not by a listing.</remarks>
    /// <param name="name">A folder of the catalogue, for example <c>faces/orl_faces</c> or <c>video/horse_in_motion</c>.</param>
    /// <param name="progress">Told about the bytes of the whole folder.</param>
    /// <param name="ct">Stops downloads, which a later call takes up again.</param>
    /// <exception cref="AssetException">The name is unknown, or a file cannot be had; the message says what to do.</exception>
    public async Task<string> GetFolderAsync(string name, IProgress<AssetProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var files = Catalogue.Below(name);
        if (files.Count == 0) throw Unknown(name);

        var folder = name.TrimEnd('/');
        List<string> roots = [Cached(folder)];
        if (_mirror is not null) roots.Add(Path.Combine(_mirror.Root, folder));
        var whole = roots.Find(root => files.All(f => _hashes.Matches(Path.Combine(root, f.Name[(folder.Length + 1)..]), f)));
        if (whole is not null) return whole;

        // Scattered or incomplete: put it together in the cache.
        var total = files.Sum(f => f.Bytes);
        var done = 0L;
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (file, stop) =>
        {
            var found = await GetAsync(file.Name, null, stop).ConfigureAwait(false);
            if (found != Cached(file.Name)) await Guard(file, () => Keep(file, found)).ConfigureAwait(false);
            var sum = Interlocked.Add(ref done, file.Bytes);
            progress?.Report(new(name, sum, total, sum / Math.Max(clock.Elapsed.TotalSeconds, 1e-3)));
        }).ConfigureAwait(false);
        return roots[0];
    }

    /// <summary>Where every asset is or would come from. Files on this machine are hashed, nothing is fetched.</summary>
    public IReadOnlyList<AssetStatus> Status() => [.. Catalogue.Entries.Select(Describe)];

    private AssetStatus Describe(AssetEntry entry)
    {
        var (place, where) = (AssetPlace.Cache, "");
        foreach (var file in entry.Files)
        {
            var (filePlace, fileWhere) = Local(file) is { } path ? (PlaceOf(path), path) : Plan(file);
            if (where.Length > 0 && filePlace <= place) continue;
            (place, where) = (filePlace, fileWhere);
        }
        if (entry.IsFolder && place <= AssetPlace.Npm) where = Path.GetDirectoryName(where)!;
        return new(entry.Name, entry.What, entry.Licence, entry.Bytes, place, where);
    }

    private AssetPlace PlaceOf(string path) =>
        path.StartsWith(Path.Combine(_options.CacheFolder, "npm") + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? AssetPlace.Npm
        : path.StartsWith(Path.Combine(_options.CacheFolder, "files") + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? AssetPlace.Cache
        : AssetPlace.Mirror;

    private (AssetPlace Place, string Where) Plan(AssetFile file)
    {
        if (Npm(file) is { } npm) return (AssetPlace.NpmRestore, $"npm package {npm.Npm}, restored at first use");
        if (Address(file) is { } address) return (AssetPlace.Download, $"downloaded at first use from {address}");
        return (AssetPlace.Missing, $"only a mirror folder ({AssetStoreOptions.MirrorVariable}) can hold it");
    }

    private AssetFile Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Catalogue.TryFind(name, out var file)) return file;
        throw Catalogue.Below(name).Count > 0
            ? new AssetException($"The asset \"{name}\" is a folder; ask for it with GetFolder, or for one of its files.")
            : Unknown(name);
    }

    private AssetException Unknown(string name)
    {
        var last = name.Split('/', '\\')[^1];
        var near = Catalogue.Entries.SelectMany(e => e.Files).Select(f => f.Name)
            .FirstOrDefault(n => last.Length > 2 && n.Contains(last, StringComparison.OrdinalIgnoreCase));
        return new($"There is no asset named \"{name}\"{(near is null ? "; AssetStore.Default.Catalogue lists all names" : $"; did you mean \"{near}\"")}{(near is null ? "." : "?")}");
    }

    private string Cached(string name) => Path.Combine(_options.CacheFolder, "files", name);

    private AssetSource? Npm(AssetFile file) => _options.NpmCommand is null ? null : file.Sources.FirstOrDefault(s => s.Npm is not null);

    private Uri? Address(AssetFile file) =>
        _options.BaseAddress is { } root && file.Sources.FirstOrDefault(s => s.Repository is not null) is { } source
            ? new Uri(root, $"{source.Repository}/{source.Commit}/{source.Path}")
            : null;

    private string? Local(AssetFile file)
    {
        if (_hashes.Matches(Cached(file.Name), file)) return Cached(file.Name);
        if (_mirror?.Find(file) is { } mirrored) return mirrored;
        return Npm(file) is { } source && _hashes.Matches(_npm.PathOf(source), file) ? _npm.PathOf(source) : null;
    }

    private async Task<string> Fetch(AssetFile file, IProgress<AssetProgress>? progress, CancellationToken ct)
    {
        List<string> tried = [];
        if (_mirror?.Broken(file) is { } broken) tried.Add($"{broken} is broken (its sha256 is not the one in the catalogue)");
        else if (_mirror is not null) tried.Add(Directory.Exists(_mirror.Root) ? $"the mirror {_mirror.Root} does not hold it" : $"the mirror {_mirror.Root} does not exist");

        return await Guard(file, async () =>
        {
            SetAside(file);
            if (Npm(file) is { } source && await Try(() => FromNpm(file, source, ct)).ConfigureAwait(false) is { } restored) return restored;
            if (Address(file) is { } address && await Try(() => FromHttps(file, address, progress, ct)).ConfigureAwait(false) is { } loaded) return loaded;
            throw new AssetException($"The asset \"{file.Name}\" ({file.Bytes / 1e6:0.0##} MB) is not on this machine: {(tried.Count > 0 ? string.Join("; ", tried) : "nothing lists an address for it")}. {Remedy(file)}");

            async Task<string?> Try(Func<Task<string>> fetch)
            {
                try
                {
                    return await fetch().ConfigureAwait(false);
                }
                catch (Exception e) when (e is AssetException or HttpRequestException)
                {
                    tried.Add(e.Message.TrimEnd('.'));
                    return null;
                }
            }
        }).ConfigureAwait(false);
    }

    private static string Remedy(AssetFile file)
    {
        var mirror = $"set {AssetStoreOptions.MirrorVariable} to a folder that holds the file";
        if (file.Sources.Any(s => s.Npm is not null)) return $"Connect to the internet with Node 20 and npm installed and try again, or {mirror}.";
        if (file.Sources.Count > 0) return $"Connect to the internet and try again, or {mirror}.";
        return string.Concat(mirror[..1].ToUpperInvariant(), mirror.AsSpan(1), ".");
    }

    // A file in the cache that does not match is kept for a curious eye, out of the way, and fetched again.
    private void SetAside(AssetFile file)
    {
        var path = Cached(file.Name);
        if (!File.Exists(path) || _hashes.Matches(path, file)) return;
        File.Move(path, path + ".broken", overwrite: true);
        _options.Notice?.Invoke($"The cached file {path} was broken (its sha256 did not match); it was set aside as {Path.GetFileName(path)}.broken and is fetched again.");
    }

    private async Task<string> FromNpm(AssetFile file, AssetSource source, CancellationToken ct)
    {
        var path = _npm.PathOf(source);
        await _npm.RestoreAsync(() => _npm.Restored, ct).ConfigureAwait(false);
        if (_hashes.Matches(path, file)) return path;

        _options.Notice?.Invoke($"The restored file {path} is missing or broken; the package is restored again.");
        await _npm.RestoreAsync(() => _hashes.Matches(path, file), ct).ConfigureAwait(false);
        return _hashes.Matches(path, file) ? path
            : throw new AssetException($"the npm package {source.Npm} holds no {source.Path} with the sha256 of the catalogue");
    }

    private async Task<string> FromHttps(AssetFile file, Uri address, IProgress<AssetProgress>? progress, CancellationToken ct)
    {
        using var only = await FileLock.TakeAsync(Path.Combine(_options.CacheFolder, "locks", file.Sha256[..2]), ct).ConfigureAwait(false);
        var target = Cached(file.Name);
        if (_hashes.Matches(target, file)) return target;

        if (progress is null && _options.Notice is { } notice)
        {
            if (file.Bytes > 1_000_000) notice($"Downloading {file.Name} ({file.Bytes / 1e6:0.0} MB) from {address.Host}…");
            progress = new AssetProgressNotice(notice);
        }
        var part = Path.Combine(Directory.CreateDirectory(Path.Combine(_options.CacheFolder, "parts")).FullName, file.Sha256);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            // A wrong result may come from an old part under a new end; the second round starts from nothing.
            var clean = !File.Exists(part);
            await _http.FetchAsync(file, address, part, progress, ct).ConfigureAwait(false);
            if (_hashes.Matches(part, file))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(part, target, overwrite: true);
                File.Delete(part + ".etag");
                return target;
            }
            File.Delete(part);
            File.Delete(part + ".etag");
            if (clean) break;
        }
        throw new AssetException($"{address} gave a file with another sha256 than the catalogue's");
    }

    private Task<string> Keep(AssetFile file, string found)
    {
        var target = Cached(file.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var copy = $"{target}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
        File.Copy(found, copy, overwrite: true);
        File.Move(copy, target, overwrite: true);
        return _hashes.Matches(target, file)
            ? Task.FromResult(target)
            : throw new AssetException($"The copy of {found} in the cache {_options.CacheFolder} came out broken; check that disk.");
    }

    // Whatever the disk objects to is about the cache here, since a mirror that cannot be read is passed over.
    private async Task<string> Guard(AssetFile file, Func<Task<string>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AssetException($"The asset \"{file.Name}\" cannot be kept in the cache {_options.CacheFolder} ({e.Message.TrimEnd('.')}); free some space there, or set {CacheFolder.Variable} to a folder that can be written.", e);
        }
    }

    private static HttpClient Client(HttpMessageHandler? handler)
    {
        var client = new HttpClient(handler ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15), PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, handler is null)
        {
            // The stall clock of each download watches; a slow line may take as long as it takes.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("FaceCourse/0.1");
        return client;
    }
}
