namespace FaceCourse.Assets;

/// <summary>What an <see cref="AssetStore"/> works with; every default is what the course uses.</summary>
public sealed record AssetStoreOptions
{
    /// <summary>The environment variable that names a mirror folder.</summary>
    public const string MirrorVariable = "FACECOURSE_MIRROR";

    /// <summary>What can be asked for.</summary>
    public AssetCatalogue Catalogue { get; init; } = AssetCatalogue.Course;

    /// <summary>Where downloads and the restored npm package are kept.</summary>
    public string CacheFolder { get; init; } = Path.Combine(Assets.CacheFolder.Root, "assets");

    /// <summary>A folder that is searched by sha256, or null for none.</summary>
    public string? MirrorFolder { get; init; } = Environment.GetEnvironmentVariable(MirrorVariable);

    /// <summary>The program that restores npm packages; null switches that source off.</summary>
    public string? NpmCommand { get; init; } = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>The text of the <c>package.json</c> that pins the npm packages.</summary>
    public string PackageJson { get; init; } = AssetCatalogue.EmbeddedText("models/package.json");

    /// <summary>The text of its <c>package-lock.json</c>, with integrity and without addresses.</summary>
    public string PackageLock { get; init; } = AssetCatalogue.EmbeddedText("models/package-lock.json");

    /// <summary>How long <c>npm ci</c> may take.</summary>
    public TimeSpan NpmTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where <c>repository/commit/path</c> is downloaded from; null switches downloads off.</summary>
    public Uri? BaseAddress { get; init; } = new("https://raw.githubusercontent.com/");

    /// <summary>Sends the requests; null for an ordinary one. The store does not dispose it.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>How long a download may stand still before it counts as interrupted.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an interrupted download is taken up again.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first retry; it doubles each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Receives a sentence when something worth knowing happens: a restore, a download, a broken file set aside.</summary>
    public Action<string>? Notice { get; init; }
}
