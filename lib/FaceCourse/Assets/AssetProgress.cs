using System.Diagnostics;

namespace FaceCourse.Assets;

/// <summary>How far a download has come.</summary>
/// <param name="Name">The asset.</param>
/// <param name="Received">Bytes on this machine, those of an earlier, interrupted download included.</param>
/// <param name="Total">Bytes of the whole file.</param>
/// <param name="BytesPerSecond">Speed since this download (re)started.</param>
public sealed record AssetProgress(string Name, long Received, long Total, double BytesPerSecond)
{
    /// <summary>For example <c>face/x.onnx: 1.2 of 4.0 MB (30 %), 2.5 MB/s</c>.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: {Received / 1e6:0.0} of {Total / 1e6:0.0} MB ({(Total > 0 ? 100 * Received / Total : 0)} %), {BytesPerSecond / 1e6:0.0} MB/s");
}

/// <summary>Says every two seconds how far a download has come, for callers that do not draw a progress bar.</summary>
internal sealed class AssetProgressNotice(Action<string> notice) : IProgress<AssetProgress>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Report(AssetProgress value)
    {
        if (_clock.Elapsed < TimeSpan.FromSeconds(2)) return;
        _clock.Restart();
        notice(value.ToString());
    }
}

/// <summary>Where an asset is, or would come from.</summary>
public enum AssetPlace
{
    /// <summary>In the cache.</summary>
    Cache,

    /// <summary>In the mirror folder that FACECOURSE_MIRROR names.</summary>
    Mirror,

    /// <summary>In the restored npm package.</summary>
    Npm,

    /// <summary>Not on this machine yet; <c>npm ci</c> brings it at first use.</summary>
    NpmRestore,

    /// <summary>Not on this machine yet; downloaded at first use.</summary>
    Download,

    /// <summary>Only a mirror can hold it, and none does.</summary>
    Missing,
}

/// <summary>One line of a report on assets.</summary>
/// <param name="Name">The asset.</param>
/// <param name="What">What it is, in a sentence.</param>
/// <param name="Licence">Licence or terms.</param>
/// <param name="Bytes">Length of all its files together.</param>
/// <param name="Place">Where it is, or would come from.</param>
/// <param name="Where">The path it was found at, or what will be done to fetch it, in words.</param>
public sealed record AssetStatus(string Name, string What, string Licence, long Bytes, AssetPlace Place, string Where)
{
    /// <summary>True when the asset is on this machine and its sha256 matches.</summary>
    public bool Found => Place is AssetPlace.Cache or AssetPlace.Mirror or AssetPlace.Npm;
}
