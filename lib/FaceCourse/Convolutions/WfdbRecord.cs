using System.Globalization;

namespace FaceCourse.Convolutions;

/// <summary>One lead of a WFDB record.</summary>
/// <param name="Description">Its name, such as MLII.</param>
/// <param name="Gain">Steps of the converter per unit.</param>
/// <param name="Baseline">The step that stands for zero.</param>
/// <param name="Unit">The unit, usually mV.</param>
/// <param name="Samples">The converter's steps, 12 bits.</param>
/// <param name="Checksum">What the header says that the samples add up to, in 16 bits; null when it does not say.</param>
public sealed record WfdbSignal(string Description, double Gain, int Baseline, string Unit, short[] Samples, short? Checksum)
{
    /// <summary>What the samples really add up to, in 16 bits.</summary>
    public short Sum
    {
        get
        {
            short sum = 0;
            foreach (var sample in Samples) unchecked { sum += sample; }
            return sum;
        }
    }
}

/// <summary>A mark in a record: a beat, or anything else that someone noted.</summary>
/// <param name="Sample">Where.</param>
/// <param name="Code">The annotation code, 1 to 49.</param>
/// <param name="Symbol">Its usual letter: N, A, V, + for a change of rhythm, …</param>
/// <param name="Note">The text with it, or empty.</param>
public sealed record WfdbAnnotation(int Sample, int Code, char Symbol, string Note)
{
    /// <summary>True for the codes that mark a heart beat.</summary>
    public bool IsBeat => Code is (>= 1 and <= 13) or 25 or 30 or 34 or 35 or 38 or 41;
}

/// <summary>A record of PhysioNet's waveform database: header, signals in format 212, annotations.</summary>
/// <remarks>
/// Formats: https://physionet.org/physiotools/wag/header-5.htm, signal-5.htm and annot-5.htm. Format 212 packs two 12-bit
/// samples into three bytes.
/// </remarks>
public sealed class WfdbRecord
{
    private const int MostSamples = 200_000_000;

    // By code, from ecgcodes.h.
    private const string Symbols = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

    private WfdbRecord(string name, double rate, IReadOnlyList<WfdbSignal> signals, IReadOnlyList<WfdbAnnotation> annotations)
        => (Name, SamplesPerSecond, Signals, Annotations) = (name, rate, signals, annotations);

    /// <summary>The record's name in the header.</summary>
    public string Name { get; }

    /// <summary>The sampling rate in Hz.</summary>
    public double SamplesPerSecond { get; }

    /// <summary>The leads.</summary>
    public IReadOnlyList<WfdbSignal> Signals { get; }

    /// <summary>All marks in order of time; empty when no annotation file was given.</summary>
    public IReadOnlyList<WfdbAnnotation> Annotations { get; }

    /// <summary>Reads a record. The files may lie anywhere under any name; the names in the header are not followed.</summary>
    /// <param name="header">The .hea file.</param>
    /// <param name="data">The .dat file, format 212.</param>
    /// <param name="annotations">The .atr file, or null.</param>
    /// <exception cref="ConvolutionException">A file is missing, cut short, of another format, or does not add up to the header's checksums.</exception>
    public static WfdbRecord Load(string header, string data, string? annotations = null)
        => Read(FileBytes.Text(header), FileBytes.All(data), annotations is null ? null : FileBytes.All(annotations));

    /// <summary>Reads a record from memory.</summary>
    /// <inheritdoc cref="Load"/>
    public static WfdbRecord Read(string header, byte[] data, byte[]? annotations = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(data);
        var lines = header.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('#')).ToArray();
        if (lines.Length == 0) throw Broken("it is empty");
        var first = Fields(lines[0]);
        if (first.Length < 2) throw Broken($"its first line \"{Cut(lines[0])}\" names no record and number of signals");
        if (first[0].Contains('/', StringComparison.Ordinal)) throw Broken("the record has several segments, which this reader does not join; take a record of one segment");
        var count = (int)Number(first[1], "the number of signals", 1, 64);
        // The frequency may carry a counter frequency and base: 360/360(0).
        var rate = first.Length > 2 ? Number(first[2].Split('/', '(')[0], "the sampling rate", 1e-3, 1e7) : 250;
        if (lines.Length < count + 1) throw Broken($"it announces {count} signals but describes {lines.Length - 1}");

        long available = data.Length / 3 * 2L / count;
        var samples = first.Length > 3 ? (long)Number(first[3], "the number of samples", 0, MostSamples) : available;
        if (samples == 0) samples = available;
        if (samples > available)
            throw new ConvolutionException($"The signal file is cut short, or the header lies: it promises {samples} samples of {count} signals ({((samples * count * 3) + 1) / 2} bytes), the file has {data.Length} bytes. Fetch the record again.");

        var signals = new WfdbSignal[count];
        for (var s = 0; s < count; s++) signals[s] = Signal(lines[s + 1], new short[samples]);
        Unpack(data, signals);
        foreach (var signal in signals)
        {
            if (signal.Checksum is { } sum && sum != signal.Sum)
                throw new ConvolutionException($"The samples of lead {signal.Description} add up to {signal.Sum}, but the header's checksum is {sum}: the signal file is broken or belongs to another header. Fetch the record again.");
        }

        return new WfdbRecord(first[0], rate, signals, annotations is null ? [] : Marks(annotations, samples));
    }

    /// <summary>One lead in millivolts, with the beats among the annotations.</summary>
    /// <param name="lead">Which signal, from 0.</param>
    /// <exception cref="ConvolutionException">There is no such lead.</exception>
    public EkgRecord Ekg(int lead = 0)
    {
        if (lead < 0 || lead >= Signals.Count) throw new ConvolutionException($"Record {Name} has leads 0 to {Signals.Count - 1}; there is no lead {lead}.");
        var signal = Signals[lead];
        return new EkgRecord($"record {Name}", signal.Description, SamplesPerSecond,
            Array.ConvertAll(signal.Samples, s => (float)((s - signal.Baseline) / signal.Gain)),
            [.. Annotations.Where(a => a.IsBeat).Select(a => new Beat(a.Sample, a.Symbol))]);
    }

    // file format gain(baseline)/unit resolution zero first-value checksum block-size description
    private static WfdbSignal Signal(string line, short[] samples)
    {
        var fields = Fields(line);
        if (fields.Length < 2 || fields[1] != "212")
            throw Broken($"the signal line \"{Cut(line)}\" is not of format 212, the only one read here");
        var gain = fields.Length > 2 ? fields[2] : "200";
        var unit = gain.Split('/') is [_, var u, ..] ? u : "mV";
        var zero = fields.Length > 4 ? (int)Number(fields[4], "the zero level", -65536, 65536) : 0;
        gain = gain.Split('/')[0];
        var baseline = gain.IndexOf('(', StringComparison.Ordinal) is > 0 and var open
            ? (int)Number(gain[(open + 1)..].TrimEnd(')'), "the baseline", -65536, 65536) : zero;
        var steps = Number(gain.Split('(')[0], "the gain", 0, 1e9);
        short? checksum = fields.Length > 6 ? unchecked((short)(long)Number(fields[6], "the checksum", -65536, 65536)) : null;
        return new WfdbSignal(fields.Length > 8 ? string.Join(' ', fields[8..]) : "EKG", steps == 0 ? 200 : steps, baseline, unit, samples, checksum);
    }

    private static void Unpack(byte[] data, WfdbSignal[] signals)
    {
        var total = (long)signals[0].Samples.Length * signals.Length;
        for (var i = 0L; i < total; i++)
        {
            // Three bytes a, b, c hold the 12-bit numbers (b's low half, a) and (b's high half, c).
            var at = i / 2 * 3;
            var bits = i % 2 == 0 ? data[at] | ((data[at + 1] & 0x0F) << 8) : data[at + 2] | ((data[at + 1] & 0xF0) << 4);
            signals[i % signals.Length].Samples[i / signals.Length] = (short)((bits << 20) >> 20);
        }
    }

    private static List<WfdbAnnotation> Marks(byte[] bytes, long samples)
    {
        const int skip = 59, num = 60, sub = 61, chn = 62, aux = 63;
        var marks = new List<WfdbAnnotation>();
        long time = 0;
        for (var at = 0; ;)
        {
            // A byte pair: the upper six bits are the code, the lower ten the time since the last mark.
            if (at + 2 > bytes.Length) throw CutShort();
            var pair = bytes[at] | (bytes[at + 1] << 8);
            var (code, value) = (pair >> 10, pair & 0x3FF);
            at += 2;
            if (pair == 0) return marks;
            switch (code)
            {
                case skip:
                    // A longer step: 32 bits, the high half first, each half little-endian.
                    if (at + 4 > bytes.Length) throw CutShort();
                    time += (bytes[at] << 16) | (bytes[at + 1] << 24) | bytes[at + 2] | (bytes[at + 3] << 8);
                    at += 4;
                    break;
                case num or sub or chn:
                    break;
                case aux:
                    if (at + value > bytes.Length) throw CutShort();
                    if (marks.Count > 0) marks[^1] = marks[^1] with { Note = System.Text.Encoding.Latin1.GetString(bytes, at, value).TrimEnd('\0') };
                    at += value + (value & 1);
                    break;
                default:
                    time += value;
                    if (code > 49) throw new ConvolutionException($"The annotation file holds the code {code}, which no mark has: it is broken, or no WFDB annotation file. Fetch it again.");
                    if (time < 0 || time >= samples) throw new ConvolutionException($"The annotation file marks sample {time}, but the record has {samples}: they do not belong together.");
                    marks.Add(new WfdbAnnotation((int)time, code, code < Symbols.Length ? Symbols[code] : ' ', ""));
                    break;
            }
        }

        static ConvolutionException CutShort() => new("The annotation file is cut short: its closing mark is missing. Fetch it again.");
    }

    private static string[] Fields(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text, string what, double least, double most)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw Broken($"{what} is \"{Cut(text)}\", no number from {least} to {most}");

    private static string Cut(string text) => text.Length > 60 ? text[..60] + "…" : text;

    private static ConvolutionException Broken(string why) => new($"The WFDB header cannot be used: {why}.");
}
