using FaceCourse.Assets;
using FaceCourse.Tensors;

namespace FaceCourse.Studio.Doctor;

/// <summary>The doctor's questions, in the order a student would mend things.</summary>
internal static class Checks
{
    private const int OldestNode = 20;

    /// <summary>All of them.</summary>
    public static IEnumerable<Check> All() =>
        [Sdk(), Node(), LibTorch(), Device(), Cache(), Mirror(), Weights(AssetStore.Default)];

    private static Check Sdk() => new(".NET SDK", async ct =>
        await Tool.TryRunAsync("dotnet", ["--version"], null, null, ct) is { } version
            ? new Finding(Health.Good, version.Trim())
            : new Finding(Health.Limited, $"not on the PATH (this program runs on .NET {Environment.Version})", "Install the .NET 10 SDK; #r \"nuget: …\" in cells needs it."));

    private static Check Node() => new("Node", async ct =>
    {
        var version = (await Tool.TryRunAsync("node", ["--version"], null, null, ct))?.Trim();
        var npm = (await Tool.TryRunAsync("npm", ["--version"], null, null, ct))?.Trim();
        if (version is null || npm is null)
            return new Finding(Health.Missing, version is null ? "not on the PATH" : "npm is not on the PATH", $"Install Node {OldestNode} or later with npm: the face weights come as an npm package.");

        return int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= OldestNode
            ? new Finding(Health.Good, $"{version}, npm {npm}")
            : new Finding(Health.Limited, $"{version} is older than {OldestNode}", $"Install Node {OldestNode} or later.");
    });

    private static Check LibTorch() => new("libtorch", _ => Task.FromResult(Loaded(sentences => string.Join(' ', sentences[..^1]))));

    private static Check Device() => new("Device", _ => Task.FromResult(Loaded(sentences => sentences[^1])));

    private static Finding Loaded(Func<string[], string> words)
    {
        try
        {
            return new Finding(Health.Good, words(TorchRuntime.Describe().Split('\n')));
        }
        catch (DllNotFoundException e)
        {
            return new Finding(Health.Missing, e.Message, "Run 'dotnet restore' in the FaceCourse folder, then this again.");
        }
    }

    private static Check Cache() => new("Cache", _ =>
    {
        try
        {
            var folder = CacheFolder.Ensure();
            File.Delete(WriteProbe(folder));
            return Task.FromResult(new Finding(Health.Good, folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new Finding(Health.Missing, e.Message, $"Set {CacheFolder.Variable} to a folder you may write to."));
        }
    });

    private static string WriteProbe(string folder)
    {
        var probe = Path.Combine(folder, $"probe-{Guid.NewGuid():N}");
        File.WriteAllText(probe, "");
        return probe;
    }

    private static Check Mirror() => new("Mirror", _ => Task.FromResult(
        Environment.GetEnvironmentVariable(AssetStoreOptions.MirrorVariable) switch
        {
            null or "" => new Finding(Health.Good, $"none set; large files are downloaded when first needed ({AssetStoreOptions.MirrorVariable} may name a folder that holds them)"),
            var folder when Directory.Exists(folder) => new Finding(Health.Good, folder),
            var folder => new Finding(Health.Limited, $"{AssetStoreOptions.MirrorVariable} names {folder}, which is not there", "Correct it or unset it."),
        }));

    private static Check Weights(AssetStore store) => new("Weights and photos", _ =>
    {
        try
        {
            var all = store.Status();
            var later = all.Where(s => !s.Found).ToList();
            var words = $"{all.Count - later.Count} of {all.Count} are on this machine";
            if (later.Count == 0) return Task.FromResult(new Finding(Health.Good, words));

            var npm = later.Count(s => s.Place == AssetPlace.NpmRestore);
            var https = later.Count(s => s.Place == AssetPlace.Download);
            var nowhere = later.Count - npm - https;
            List<string> rest = [];
            if (npm > 0) rest.Add($"{npm} come with npm at first use");
            if (https > 0) rest.Add($"{https} are downloaded at first use ({later.Where(s => s.Place == AssetPlace.Download).Sum(s => s.Bytes) / 1e6:0} MB)");
            if (nowhere > 0) rest.Add($"{nowhere} need a mirror folder");
            return Task.FromResult(new Finding(Health.Good, $"{words}; {string.Join(", ", rest)}"));
        }
        catch (AssetException e)
        {
            return Task.FromResult(new Finding(Health.Missing, e.Message));
        }
    });
}
