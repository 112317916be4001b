using System.Diagnostics;
using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Tests.Assets;

/// <summary>https, on a server of our own that misbehaves.</summary>
public sealed class AssetDownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestServer _server = new(Sample.Bytes);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AssetStoreOptions Online => Sample.Options(_folder) with { BaseAddress = _server.Address };

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_downloaded_once_from_repository_commit_and_path_and_then_comes_from_the_cache()
    {
        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);
        var again = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal(path, again);
        Assert.Equal($"/someone/something/{Sample.Commit}/deep/small.bin", Assert.Single(_server.Paths));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "cache", "parts")));
    }

    [Fact]
    public async Task A_broken_connection_is_taken_up_where_it_stopped()
    {
        _server.Cuts.Enqueue(7000);
        _server.Cuts.Enqueue(4000);

        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal(["", "bytes=7000-", "bytes=11000-"], _server.Asked);
    }

    [Fact]
    public async Task A_server_without_ranges_makes_the_download_start_again()
    {
        _server.Ranges = false;
        _server.Cuts.Enqueue(7000);

        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
    }

    [Fact]
    public async Task A_file_that_changed_between_two_attempts_is_not_patched_together()
    {
        _server.Content = Sample.WithOneFlippedBit([.. Sample.Bytes.Reverse()]);
        _server.Cuts.Enqueue(7000);
        await Assert.ThrowsAsync<AssetException>(() => new AssetStore(Online with { Retries = 0 }).GetAsync(Sample.Name, null, Ct));
        (_server.Content, _server.ETag) = (Sample.Bytes, "\"two\"");

        var path = await new AssetStore(Online with { Retries = 0 }).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal(["", "bytes=7000-"], _server.Asked);
    }

    [Fact]
    public async Task A_part_with_wrong_bytes_is_thrown_away_and_the_download_starts_from_nothing()
    {
        _folder.Write($"cache/parts/{Sample.Hash(Sample.Bytes)}", new byte[9000]);

        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal(["bytes=9000-", ""], _server.Asked);
    }

    [Fact]
    public async Task A_part_that_is_already_too_long_is_no_obstacle()
    {
        _folder.Write($"cache/parts/{Sample.Hash(Sample.Bytes)}", new byte[90_000]);

        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
    }

    [Fact]
    public async Task A_download_with_another_sha256_is_refused_and_nothing_of_it_stays()
    {
        _server.Content = Sample.WithOneFlippedBit(Sample.Bytes);

        var error = await Assert.ThrowsAsync<AssetException>(() => new AssetStore(Online).GetAsync(Sample.Name, null, Ct));

        Assert.Contains("another sha256", error.Message);
        Assert.Contains(Sample.Name, error.Message);
        Assert.False(new AssetStore(Online).TryGetLocal(Sample.Name, out _));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "cache", "parts")));
    }

    [Fact]
    public async Task A_server_that_always_breaks_off_gives_a_clear_error_and_keeps_the_part()
    {
        for (var i = 0; i < 3; i++) _server.Cuts.Enqueue(1000);

        var error = await Assert.ThrowsAsync<AssetException>(() => new AssetStore(Online with { Retries = 2 }).GetAsync(Sample.Name, null, Ct));

        Assert.Contains("did not answer properly", error.Message);
        Assert.Contains("FACECOURSE_MIRROR", error.Message);
        Assert.Equal(3000, new FileInfo(Path.Combine(_folder.Path, "cache", "parts", Sample.Hash(Sample.Bytes))).Length);
    }

    [Fact]
    public async Task A_sign_in_page_instead_of_the_file_is_recognised_by_its_length()
    {
        _server.Content = "<html>Please sign in to the campus network</html>"u8.ToArray();

        var error = await Assert.ThrowsAsync<AssetException>(() => new AssetStore(Online).GetAsync(Sample.Name, null, Ct));

        Assert.Contains("offers 49 bytes where 20000 were expected", error.Message);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_but_a_missing_file_is_not()
    {
        _server.Statuses.Enqueue(503);
        _server.Statuses.Enqueue(429);
        await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);
        Assert.Equal(3, _server.Asked.Count);

        using var empty = new TemporaryFolder();
        _server.Statuses.Enqueue(404);
        var error = await Assert.ThrowsAsync<AssetException>(() =>
            new AssetStore(Online with { CacheFolder = empty.Path }).GetAsync(Sample.Name, null, Ct));
        Assert.Contains("404", error.Message);
        Assert.Equal(4, _server.Asked.Count);
    }

    [Fact]
    public async Task A_cancelled_download_is_continued_by_the_next_one()
    {
        _server.Pause = TimeSpan.FromMilliseconds(20);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var progress = new Now(p => { if (p.Received > 3000) cancel.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new AssetStore(Online).GetAsync(Sample.Name, progress, cancel.Token));
        _server.Pause = TimeSpan.Zero;

        var path = await new AssetStore(Online).GetAsync(Sample.Name, null, Ct);

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Matches("^bytes=[1-9][0-9]*-$", _server.Asked.Last());
    }

    [Fact]
    public async Task A_slow_line_may_take_long_and_shows_rising_progress()
    {
        _server.Pause = TimeSpan.FromMilliseconds(25);
        List<AssetProgress> seen = [];

        await new AssetStore(Online with { StallTimeout = TimeSpan.FromMilliseconds(400) }).GetAsync(Sample.Name, new Now(seen.Add), Ct);

        Assert.True(seen.Count >= 3, $"only {seen.Count} reports");
        Assert.Equal(seen.Select(p => p.Received).Order(), seen.Select(p => p.Received));
        Assert.Equal((20_000, 20_000), (seen[^1].Received, seen[^1].Total));
        Assert.All(seen, p => Assert.InRange(p.BytesPerSecond, 1, 1e6));
    }

    [Fact]
    public async Task A_line_that_stands_still_ends_with_a_clear_error()
    {
        _server.Pause = TimeSpan.FromSeconds(60);

        var error = await Assert.ThrowsAsync<AssetException>(() =>
            new AssetStore(Online with { StallTimeout = TimeSpan.FromMilliseconds(100), Retries = 1 }).GetAsync(Sample.Name, null, Ct));

        Assert.Contains("stood still", error.Message);
    }

    [Fact]
    public async Task No_server_at_all_gives_one_sentence_that_names_the_file_and_the_remedy()
    {
        Uri nowhere;
        using (var gone = new TestServer([])) nowhere = gone.Address;

        var error = await Assert.ThrowsAsync<AssetException>(() =>
            new AssetStore(Online with { BaseAddress = nowhere, Retries = 1 }).GetAsync(Sample.Name, null, Ct));

        Assert.StartsWith($"The asset \"{Sample.Name}\" (0.02 MB) is not on this machine: ", error.Message);
        Assert.EndsWith("Connect to the internet and try again, or set FACECOURSE_MIRROR to a folder that holds the file.", error.Message);
    }

    [Fact]
    public async Task Many_stores_on_one_cache_download_a_file_once()
    {
        _server.Pause = TimeSpan.FromMilliseconds(2);

        // Each store has its own file handles, so the lock between them is the one between two processes.
        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new AssetStore(Online).GetAsync(Sample.Name, null, Ct), Ct)));

        Assert.Single(paths.Distinct());
        Assert.Single(_server.Asked);
    }

    [Fact(SkipUnless = nameof(HasFlock), Skip = "the program flock is not here")]
    public async Task A_download_waits_for_another_process_that_is_at_the_same_file()
    {
        var gate = Path.Combine(_folder.Path, "cache", "locks", Sample.Hash(Sample.Bytes)[..2]);
        Directory.CreateDirectory(Path.GetDirectoryName(gate)!);
        using var other = Process.Start(new ProcessStartInfo("flock", [gate, "sh", "-c", "echo held; sleep 0.4"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Ct));

        var download = new AssetStore(Online).GetAsync(Sample.Name, null, Ct);
        await Task.Delay(150, Ct);
        Assert.Empty(_server.Asked);

        Assert.True(File.Exists(await download));
        await other.WaitForExitAsync(Ct);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_gives_a_clear_error()
    {
        var file = _folder.Write("a-file", [1]);

        var error = await Assert.ThrowsAsync<AssetException>(() =>
            new AssetStore(Online with { CacheFolder = Path.Combine(file, "cache") }).GetAsync(Sample.Name, null, Ct));

        Assert.Contains("set FACECOURSE_CACHE to a folder that can be written", error.Message);
    }

    public static bool HasFlock => OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock");

    // Progress<T> reports on the thread pool, too late for a test to count on.
    private sealed class Now(Action<AssetProgress> report) : IProgress<AssetProgress>
    {
        public void Report(AssetProgress value) => report(value);
    }
}
