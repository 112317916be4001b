using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.Tests.Assets;

/// <summary>The course's own catalogue against the real files.</summary>
public sealed class AssetStoreRealTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static bool HasMirror => Directory.Exists(Environment.GetEnvironmentVariable(AssetStoreOptions.MirrorVariable));

    public static bool HasNpm => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Any(p => File.Exists(Path.Combine(p, OperatingSystem.IsWindows() ? "npm.cmd" : "npm")));

    public void Dispose() => _folder.Dispose();

    [Fact(SkipUnless = nameof(HasMirror), Skip = "FACECOURSE_MIRROR names no folder")]
    public void The_mirror_holds_every_catalogued_file_that_is_not_in_npm()
    {
        var store = new AssetStore(new() { CacheFolder = _folder.Path, BaseAddress = null, NpmCommand = null });

        var missing = store.Status().Where(s => !s.Found && !s.Name.StartsWith("face-api/", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact(SkipUnless = nameof(HasMirror), Skip = "FACECOURSE_MIRROR names no folder")]
    public void The_ORL_faces_come_as_one_folder_of_400_photos()
    {
        var store = new AssetStore(new() { CacheFolder = _folder.Path, BaseAddress = null, NpmCommand = null });

        var folder = store.GetFolder("faces/orl_faces", Ct);

        Assert.Equal(400, store.Catalogue.Below("faces/orl_faces").Count);
        Assert.Equal("P5"u8.ToArray(), File.ReadAllBytes(Path.Combine(folder, "s40", "10.pgm"))[..2]);
    }

    [Fact(SkipUnless = nameof(HasNpm), Skip = "npm is not installed")]
    public async Task Every_file_of_the_face_api_package_is_restored_by_npm_and_matches()
    {
        using var folder = new TemporaryFolder();
        var probe = new AssetStore(new() { CacheFolder = folder.Path, MirrorFolder = null, BaseAddress = null });
        try
        {
            await probe.GetAsync("face-api/LICENSE", null, Ct);
        }
        catch (AssetException e) when (e.Message.Contains("npm ci failed", StringComparison.Ordinal))
        {
            Assert.Skip("npm is here but cannot restore: " + e.Message);
        }

        var rows = probe.Status().Where(s => s.Name.StartsWith("face-api/", StringComparison.Ordinal)).ToList();

        Assert.Equal(21, rows.Count);
        Assert.All(rows, row => Assert.Equal(AssetPlace.Npm, row.Place));
    }
}
