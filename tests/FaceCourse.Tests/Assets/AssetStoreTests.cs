using System.Collections.Concurrent;
using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Tests.Assets;

/// <summary>Cache, mirror, npm and the errors, without a network.</summary>
public sealed class AssetStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _notices = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static bool IsUnix => !OperatingSystem.IsWindows();

    private string Mirror => Path.Combine(_folder.Path, "mirror");

    private string Shelf => Path.Combine(_folder.Path, "shelf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_mirror_is_searched_by_sha256_under_any_file_name()
    {
        _folder.Write("mirror/some/where/renamed.dat", Sample.Bytes);
        _folder.Write("mirror/same-length.bin", Sample.Numbers(Sample.Bytes.Length, 2));

        var path = Store(mirror: true).Get(Sample.Name, Ct);

        Assert.Equal(Path.Combine(Mirror, "some", "where", "renamed.dat"), path);
    }

    [Fact]
    public void A_flipped_bit_in_the_mirror_is_found_and_named()
    {
        var broken = _folder.Write("mirror/" + Sample.Name, Sample.WithOneFlippedBit(Sample.Bytes));

        var error = Assert.Throws<AssetException>(() => Store(mirror: true).Get(Sample.Name, Ct));

        Assert.Contains($"{broken} is broken (its sha256 is not the one in the catalogue)", error.Message);
    }

    [Fact]
    public void A_file_that_breaks_while_the_program_runs_is_noticed_at_its_next_use()
    {
        _folder.Write("mirror/" + Sample.Name, Sample.Bytes);
        var store = Store(mirror: true);
        store.Get(Sample.Name, Ct);

        _folder.Write("mirror/" + Sample.Name, Sample.WithOneFlippedBit(Sample.Bytes));

        Assert.False(store.TryGetLocal(Sample.Name, out var path));
        Assert.Empty(path);
    }

    [Fact]
    public void A_flipped_bit_in_the_cache_without_a_source_is_an_error_and_the_file_is_set_aside()
    {
        var cached = _folder.Write("cache/files/" + Sample.Name, Sample.WithOneFlippedBit(Sample.Bytes));

        var error = Assert.Throws<AssetException>(() => Store().Get(Sample.Name, Ct));

        Assert.Contains(Sample.Name, error.Message);
        Assert.False(File.Exists(cached));
        Assert.True(File.Exists(cached + ".broken"));
        Assert.Contains("its sha256 did not match", Assert.Single(_notices));
    }

    [Fact]
    public async Task A_flipped_bit_in_the_cache_is_fetched_again_and_said()
    {
        var cached = _folder.Write("cache/files/" + Sample.Name, Sample.WithOneFlippedBit(Sample.Bytes));
        using var server = new TestServer(Sample.Bytes);
        var store = new AssetStore(Sample.Options(_folder) with { BaseAddress = server.Address, Notice = _notices.Enqueue });

        Assert.Equal(cached, await store.GetAsync(Sample.Name, null, Ct));

        Assert.Equal(Sample.Bytes, await File.ReadAllBytesAsync(cached, Ct));
        Assert.Contains("is fetched again", Assert.Single(_notices));
    }

    [Fact]
    public void The_cache_comes_before_the_mirror()
    {
        var cached = _folder.Write("cache/files/" + Sample.Name, Sample.Bytes);
        _folder.Write("mirror/" + Sample.Name, Sample.Bytes);

        Assert.Equal(cached, Store(mirror: true).Get(Sample.Name, Ct));
    }

    [Fact]
    public void A_mirror_that_does_not_exist_is_named()
    {
        var error = Assert.Throws<AssetException>(() => Store(mirror: true).Get(Sample.Name, Ct));

        Assert.Contains($"the mirror {Mirror} does not exist", error.Message);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("weights/../weights/small.bin")]
    [InlineData("weights\\small.bin")]
    [InlineData("C:\\Windows\\win.ini")]
    [InlineData("")]
    public void A_name_outside_the_catalogue_is_refused(string name)
    {
        _folder.Write("mirror/" + Sample.Name, Sample.Bytes);
        var store = Store(mirror: true);

        Assert.Contains("There is no asset named", Assert.Throws<AssetException>(() => store.Get(name, Ct)).Message);
        Assert.Throws<AssetException>(() => store.GetFolder(name, Ct));
        Assert.False(store.TryGetLocal(name, out _));
    }

    [Fact]
    public void A_misspelt_folder_brings_a_suggestion_and_a_folder_points_to_GetFolder()
    {
        Assert.Contains($"did you mean \"{Sample.Name}\"?", Assert.Throws<AssetException>(() => Store().Get("wieghts/small.bin", Ct)).Message);
        Assert.Contains("GetFolder", Assert.Throws<AssetException>(() => Store().Get("weights", Ct)).Message);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "the stand-in for npm is a shell script")]
    public async Task Npm_restores_once_even_for_many_stores_at_once_and_the_file_is_used_in_place()
    {
        var npm = FakeNpm("sleep 0.2; mkdir -p node_modules/@some/package/model; cp \"$here/small.bin\" node_modules/@some/package/model/");
        _folder.Write("shelf/small.bin", Sample.Bytes);

        var paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NpmStore(npm).GetAsync(Sample.Name, null, Ct), Ct)));

        Assert.Single(paths.Distinct());
        Assert.Contains("node_modules", paths[0]);
        Assert.StartsWith("ci --ignore-scripts ", Assert.Single(await File.ReadAllLinesAsync(npm + ".log", Ct)));
        Assert.Equal(AssetPlace.Npm, NpmStore(npm).Status()[0].Place);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "the stand-in for npm is a shell script")]
    public void A_flipped_bit_in_the_restored_package_makes_npm_restore_it_again()
    {
        var npm = FakeNpm("mkdir -p node_modules/@some/package/model; cp \"$here/small.bin\" node_modules/@some/package/model/");
        _folder.Write("shelf/small.bin", Sample.Bytes);
        var path = NpmStore(npm).Get(Sample.Name, Ct);
        File.WriteAllBytes(path, Sample.WithOneFlippedBit(Sample.Bytes));

        Assert.Equal(path, NpmStore(npm).Get(Sample.Name, Ct));

        Assert.Equal(Sample.Bytes, File.ReadAllBytes(path));
        Assert.Contains(_notices, n => n.Contains("restored again", StringComparison.Ordinal));
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "the stand-in for npm is a shell script")]
    public void A_package_that_stays_broken_is_never_used()
    {
        var npm = FakeNpm("mkdir -p node_modules/@some/package/model; cp \"$here/small.bin\" node_modules/@some/package/model/");
        _folder.Write("shelf/small.bin", Sample.WithOneFlippedBit(Sample.Bytes));

        var error = Assert.Throws<AssetException>(() => NpmStore(npm).Get(Sample.Name, Ct));

        Assert.Contains("the npm package @some/package holds no model/small.bin with the sha256 of the catalogue", error.Message);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "the stand-in for npm is a shell script")]
    public void A_failing_npm_is_quoted_and_tried_again_the_next_time()
    {
        var npm = FakeNpm("echo 'npm error code ENOTFOUND' >&2; echo 'npm error syscall connect' >&2; echo 'npm error the registry cannot be reached' >&2; exit 1");

        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<AssetException>(() => NpmStore(npm).Get(Sample.Name, Ct));
            Assert.Contains("npm ci failed with exit code 1 (the registry cannot be reached)", error.Message);
        }
        Assert.Equal(2, File.ReadAllLines(npm + ".log").Length);
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "the stand-in for npm is a shell script")]
    public void An_npm_that_hangs_is_ended()
    {
        var npm = FakeNpm("sleep 60");

        var error = Assert.Throws<AssetException>(() =>
            new AssetStore(NpmOptions(npm) with { NpmTimeout = TimeSpan.FromMilliseconds(200) }).Get(Sample.Name, Ct));

        Assert.Contains("npm ci did not finish", error.Message);
    }

    [Fact]
    public void A_missing_npm_says_what_to_install()
    {
        var error = Assert.Throws<AssetException>(() => NpmStore("no-such-npm-anywhere").Get(Sample.Name, Ct));

        Assert.Contains("npm was not found (\"no-such-npm-anywhere\"; install Node 20 or later)", error.Message);
    }

    [Fact]
    public void The_status_says_where_each_asset_is_or_would_come_from()
    {
        Assert.Equal(AssetPlace.Missing, Store(sources: "").Status()[0].Place);
        Assert.Equal(AssetPlace.NpmRestore, NpmStore("npm").Status()[0].Place);
        var online = new AssetStore(Sample.Options(_folder) with { BaseAddress = new("https://example.org/") }).Status()[0];
        Assert.Equal(AssetPlace.Download, online.Place);
        Assert.Contains($"https://example.org/someone/something/{Sample.Commit}/deep/small.bin", online.Where);

        var mirrored = _folder.Write("mirror/x", Sample.Bytes);
        Assert.Equal((AssetPlace.Mirror, mirrored), (Store(mirror: true).Status()[0].Place, Store(mirror: true).Status()[0].Where));
        _folder.Write("cache/files/" + Sample.Name, Sample.Bytes);
        Assert.Equal(AssetPlace.Cache, Store(mirror: true).Status()[0].Place);
    }

    [Fact]
    public void A_folder_that_lies_scattered_in_the_mirror_is_put_together_in_the_cache()
    {
        byte[][] photos = [Sample.Numbers(500, 3), Sample.Numbers(500, 4)];
        _folder.Write("mirror/b/second", photos[1]);
        _folder.Write("mirror/a/first", photos[0]);
        var store = new AssetStore(Sample.Options(_folder) with { Catalogue = FolderOf(photos), MirrorFolder = Mirror });

        var folder = store.GetFolder("faces/two", Ct);

        Assert.Equal(photos[0], File.ReadAllBytes(Path.Combine(folder, "s1", "1.pgm")));
        Assert.Equal(photos[1], File.ReadAllBytes(Path.Combine(folder, "s1", "2.pgm")));
        Assert.Equal((AssetPlace.Cache, 1), (store.Status()[0].Place, store.Status().Count));
    }

    [Fact]
    public async Task A_folder_is_downloaded_file_by_file()
    {
        byte[][] photos = [Sample.Numbers(500, 3), Sample.Numbers(500, 3)];
        using var server = new TestServer(photos[0]);
        var store = new AssetStore(Sample.Options(_folder) with { Catalogue = FolderOf(photos), BaseAddress = server.Address });

        var folder = await store.GetFolderAsync("faces/two", null, Ct);

        Assert.True(File.Exists(Path.Combine(folder, "s1", "1.pgm")) && File.Exists(Path.Combine(folder, "s1", "2.pgm")));
        Assert.Equal([$"/a/b/{Sample.Commit}/orl/s1/1.pgm", $"/a/b/{Sample.Commit}/orl/s1/2.pgm"], server.Paths.Order());
    }

    private static AssetCatalogue FolderOf(byte[][] photos) => AssetCatalogue.Parse($$"""
        { "assets": [ { "name": "faces/two", "what": "Photos.", "licence": "MIT", "bytes": 1000,
          "sources": [{"repository": "a/b", "commit": "{{Sample.Commit}}", "path": "orl"}],
          "files": [["s1/1.pgm", 500, "{{Sample.Hash(photos[0])}}"], ["s1/2.pgm", 500, "{{Sample.Hash(photos[1])}}"]] } ] }
        """);

    private AssetStore Store(bool mirror = false, string? sources = null) =>
        new(Sample.Options(_folder, sources) with { MirrorFolder = mirror ? Mirror : null, Notice = _notices.Enqueue });

    private AssetStoreOptions NpmOptions(string npm) => Sample.Options(_folder, Sample.NpmSource) with { NpmCommand = npm, Notice = _notices.Enqueue };

    private AssetStore NpmStore(string npm) => new(NpmOptions(npm));

    private string FakeNpm(string script)
    {
        Directory.CreateDirectory(Shelf);
        var path = Path.Combine(Shelf, "npm");
        File.WriteAllText(path, $"#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$@\" >> \"$0.log\"\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
