namespace FaceCourse.Assets;

/// <summary>Where FaceCourse keeps what it can make or download again: weights, data, private copies of native files.</summary>
/// <remarks>
/// The environment variable <c>FACECOURSE_CACHE</c> names the folder; without it the platform's own place is used
/// (<c>$XDG_CACHE_HOME/facecourse</c> or <c>~/.cache/facecourse</c>, <c>~/Library/Caches/FaceCourse</c>,
/// <c>%LOCALAPPDATA%\FaceCourse\Cache</c>). Deleting it costs a download, and the score of the quiz, nothing else.
/// </remarks>
public static class CacheFolder
{
    /// <summary>The environment variable that moves the cache elsewhere.</summary>
    public const string Variable = "FACECOURSE_CACHE";

    /// <summary>The cache's root, an absolute path. The folder may not exist yet.</summary>
    public static string Root
    {
        get
        {
            var chosen = Environment.GetEnvironmentVariable(Variable);
            if (!string.IsNullOrWhiteSpace(chosen)) return Path.GetFullPath(chosen);

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsWindows())
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "FaceCourse", "Cache");
            if (OperatingSystem.IsMacOS())
                return Path.Combine(home, "Library", "Caches", "FaceCourse");

            var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(string.IsNullOrWhiteSpace(xdg) ? Path.Combine(home, ".cache") : xdg, "facecourse");
        }
    }

    /// <summary>A sub-folder of the cache, created if it is missing.</summary>
    public static string Ensure(params ReadOnlySpan<string> parts)
    {
        var folder = Path.Combine([Root, .. parts]);
        Directory.CreateDirectory(folder);
        return folder;
    }
}
