using FaceCourse.Assets;

namespace FaceCourse.Convolutions;

/// <summary>A labelled heart beat.</summary>
/// <param name="Sample">The sample of its R peak, from 0.</param>
/// <param name="Symbol">The label cardiologists use: N normal, A atrial premature, V ventricular premature, …</param>
public readonly record struct Beat(int Sample, char Symbol)
{
    /// <summary>True for what is no normal beat (N, and the bundle branch blocks L and R, which are one patient's normal).</summary>
    public bool IsAbnormal => Symbol is not ('N' or 'L' or 'R');
}

/// <summary>An EKG: one lead's voltage over time and the beats in it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Lead">The lead, such as MLII.</param>
/// <param name="SamplesPerSecond">The sampling rate in Hz.</param>
/// <param name="Millivolts">The voltage of each sample.</param>
/// <param name="Beats">The labelled beats in order.</param>
public sealed record EkgRecord(string Name, string Lead, double SamplesPerSecond, float[] Millivolts, IReadOnlyList<Beat> Beats)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Millivolts.Length / SamplesPerSecond);

    /// <summary>Record 100 of the MIT-BIH Arrhythmia Database, its first lead: half an hour at 360 Hz with 2273 labelled beats.</summary>
    /// <exception cref="AssetException">Its files are not on this machine and cannot be fetched.</exception>
    public static EkgRecord MitBih100(AssetStore? store = null)
    {
        store ??= AssetStore.Default;
        return WfdbRecord.Load(store.Get("signal/mitbih_100.hea"), store.Get("signal/mitbih_100.dat"), store.Get("signal/mitbih_100.atr")).Ekg();
    }

    /// <summary>The part between two moments, its beats counted from its own start.</summary>
    /// <param name="fromSecond">Where it starts.</param>
    /// <param name="toSecond">Where it ends, at most the record's length.</param>
    /// <exception cref="ConvolutionException">There is no such part.</exception>
    public EkgRecord Part(double fromSecond, double toSecond)
    {
        var (from, to) = ((int)Math.Round(fromSecond * SamplesPerSecond), (int)Math.Round(Math.Min(toSecond, Duration.TotalSeconds) * SamplesPerSecond));
        if (!(from >= 0 && from < to && to <= Millivolts.Length))
            throw new ConvolutionException($"There is nothing between second {fromSecond:0.##} and second {toSecond:0.##}: {Name} lasts {Duration.TotalSeconds:0.##} s.");
        return this with
        {
            Millivolts = Millivolts[from..to],
            Beats = [.. Beats.Where(b => b.Sample >= from && b.Sample < to).Select(b => b with { Sample = b.Sample - from })],
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}, lead {Lead}: {Duration.TotalSeconds:0.#} s at {SamplesPerSecond:0.#} Hz, {Beats.Count} beats ({Beats.Count(b => b.IsAbnormal)} abnormal)";
}
