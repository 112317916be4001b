using FaceCourse.Assets;
using Xunit;

namespace FaceCourse.TestSupport;

/// <summary>npm packages that a test's script needs, restored once per machine and lockfile.</summary>
internal static class NpmFolder
{
    /// <summary>The folder to start Node in. Skips the test where Node or the packages are not to be had.</summary>
    /// <param name="scripts">The folder that holds <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="what">What the packages are, for the message.</param>
    public static async Task<string> RestoreAsync(string scripts, string what)
    {
        var packages = new NpmPackages(new AssetStoreOptions
        {
            CacheFolder = Path.Combine(CacheFolder.Root, "tests"),
            PackageJson = await File.ReadAllTextAsync(Path.Combine(scripts, "package.json")),
            PackageLock = await File.ReadAllTextAsync(Path.Combine(scripts, "package-lock.json")),
        });
        try
        {
            await packages.RestoreAsync(() => packages.Restored, TestContext.Current.CancellationToken);
        }
        catch (AssetException e)
        {
            Assert.Skip($"{what} could not be fetched: {e.Message}");
        }

        return packages.Folder;
    }
}
