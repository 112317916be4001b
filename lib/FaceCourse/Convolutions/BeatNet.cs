using FaceCourse.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>How well beats were found.</summary>
/// <param name="Found">True beats with a detection within the tolerance.</param>
/// <param name="Missed">True beats without.</param>
/// <param name="False">Detections without a true beat.</param>
public sealed record BeatScore(int Found, int Missed, int False)
{
    /// <summary>Sensitivity: the share of true beats that were found.</summary>
    public double Sensitivity => Found / (double)Math.Max(1, Found + Missed);

    /// <summary>Positive predictivity: the share of detections that are true beats.</summary>
    public double PositivePredictivity => Found / (double)Math.Max(1, Found + False);

    /// <summary>Matches each true beat with the nearest detection left, at most <paramref name="tolerance"/> samples away.</summary>
    public static BeatScore Of(IReadOnlyList<Beat> truth, IReadOnlyList<Beat> detected, int tolerance)
    {
        var free = detected.Select(b => b.Sample).ToList();
        var found = 0;
        foreach (var beat in truth)
        {
            var best = free.Count == 0 ? -1 : Enumerable.Range(0, free.Count).MinBy(i => Math.Abs(free[i] - beat.Sample));
            if (best < 0 || Math.Abs(free[best] - beat.Sample) > tolerance) continue;
            free.RemoveAt(best);
            found++;
        }

        return new BeatScore(found, truth.Count - found, free.Count);
    }
}

/// <summary>A small 1-D ConvNet that marks R peaks and abnormal beats in an EKG of any length.</summary>
/// <remarks>
/// 1 → 16 → 16 channels at strides 2 and 2, then six dilated layers that see 2.9 s around each place, enough for a beat's
/// neighbours: a premature atrial beat looks like a normal one and is only too early. Two outputs per four samples: how surely
/// an R peak is here, and how surely it is abnormal. The trace is taken at 360 Hz, its slow drift removed.
/// </remarks>
public sealed class BeatNet : nn.Module<Tensor, Tensor>
{
    /// <summary>The sampling rate it is made for; other records are resampled.</summary>
    public const double SamplesPerSecond = 360;

    private const int Thinning = 4;
    private const int Window = 2048;

    private readonly TorchSharp.Modules.Conv1d _first;
    private readonly TorchSharp.Modules.Conv1d _second;
    private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> _wide;
    private readonly TorchSharp.Modules.Conv1d _last;

    /// <summary>Makes a network with random weights.</summary>
    public BeatNet(int seed = 1) : base(nameof(BeatNet))
    {
        manual_seed(seed);
        _first = nn.Conv1d(1, 16, 15, 2, padding: 7L);
        _second = nn.Conv1d(16, 16, 9, 2, padding: 4L);
        _wide = nn.ModuleList<nn.Module<Tensor, Tensor>>([.. Enumerable.Range(0, 6).Select(i => 1 << i).Select(d => nn.Conv1d(16, 16, 5, 1, padding: 2L * d, dilation: d))]);
        _last = nn.Conv1d(16, 2, 1);
        RegisterComponents();
        this.to(TorchRuntime.Device);
    }

    /// <summary>The sixteen filters of the first layer, [16, 15].</summary>
    public Tensor Filters => _first.weight.detach().squeeze(1).cpu();

    /// <summary>[N, 1, T] to logits [N, 2, T/4].</summary>
    public override Tensor forward(Tensor input)
    {
        var x = nn.functional.relu(_second.call(nn.functional.relu(_first.call(input))));
        foreach (var layer in _wide) x = x + nn.functional.relu(layer.call(x));
        return _last.call(x);
    }

    /// <summary>What the first layer's filters answer along a record, [16, samples/2].</summary>
    public Tensor FirstActivations(EkgRecord record)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return nn.functional.relu(_first.call(Input(Prepared(record)))).squeeze(0).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Trains on random windows of labelled records.</summary>
    /// <param name="records">The records; each at least six seconds.</param>
    /// <param name="steps">How many batches of sixteen windows (5.7 s each).</param>
    /// <param name="seed">Chooses the windows.</param>
    /// <param name="progress">Told the step and its loss.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>The loss of every step.</returns>
    /// <exception cref="ConvolutionException">A record is too short or has no beats.</exception>
    public IReadOnlyList<double> Fit(IReadOnlyList<EkgRecord> records, int steps = 200, int seed = 1, IProgress<(int Step, double Loss)>? progress = null, CancellationToken ct = default)
    {
        var prepared = records.Select(Prepared).ToArray();
        if (prepared.Length == 0 || prepared.Any(r => r.Millivolts.Length <= Window || r.Beats.Count == 0)) throw new ConvolutionException($"Every record to train on lasts more than {Window / SamplesPerSecond:0.#} s and has labelled beats.");
        var random = new Random(seed);
        return Training.Run(this, steps, 4e-3, () =>
        {
            var (x, y) = Batch(prepared, 16, random);
            var logits = call(x);
            // The second output only answers where there is a beat.
            var beat = nn.functional.binary_cross_entropy_with_logits(logits.select(1, 0), y.select(1, 0), pos_weights: tensor(5f, device: x.device));
            var there = y.select(1, 0);
            var kind = (nn.functional.binary_cross_entropy_with_logits(logits.select(1, 1), y.select(1, 1), reduction: nn.Reduction.None) * there).sum() / there.sum().clamp_min(1);
            return beat + kind;
        }, progress, ct);
    }

    /// <summary>Finds the beats: symbol N where normal, V where abnormal (the network tells no kinds of abnormal apart).</summary>
    /// <param name="record">The trace; its own labels are not looked at.</param>
    public IReadOnlyList<Beat> Detect(EkgRecord record)
    {
        var prepared = Prepared(record);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        this.eval();
        var sure = call(Input(prepared)).sigmoid().squeeze(0).cpu();
        var (beat, kind) = (sure[0].data<float>().ToArray(), sure[1].data<float>().ToArray());
        var beats = new List<Beat>();
        // A heart rests at least 0.2 s between two beats: only the surest place within that time counts.
        var rest = (int)(0.2 * SamplesPerSecond / Thinning);
        for (var i = 0; i < beat.Length; i++)
        {
            if (beat[i] < 0.5) continue;
            var (from, to) = (Math.Max(0, i - rest), Math.Min(beat.Length - 1, i + rest));
            var surest = true;
            for (var j = from; j <= to && surest; j++) surest = beat[j] < beat[i] || (beat[j] == beat[i] && j >= i);
            if (!surest) continue;
            var sample = (int)Math.Round(i * Thinning * record.SamplesPerSecond / SamplesPerSecond);
            beats.Add(new Beat(Math.Min(sample, record.Millivolts.Length - 1), kind[i] > 0.5 ? 'V' : 'N'));
        }

        return beats;
    }

    /// <summary>Detects the beats of a record and compares them with its labels, within 150 ms.</summary>
    public BeatScore Score(EkgRecord record) => BeatScore.Of(record.Beats, Detect(record), (int)(0.15 * record.SamplesPerSecond));

    /// <summary>The same for the abnormal beats alone.</summary>
    public BeatScore ScoreAbnormal(EkgRecord record)
        => BeatScore.Of([.. record.Beats.Where(b => b.IsAbnormal)], [.. Detect(record).Where(b => b.IsAbnormal)], (int)(0.15 * record.SamplesPerSecond));

    private static (Tensor X, Tensor Y) Batch(EkgRecord[] records, int size, Random random)
    {
        var x = new float[size * Window];
        var y = new float[size * 2 * (Window / Thinning)];
        for (var n = 0; n < size; n++)
        {
            var record = records[random.Next(records.Length)];
            // Half the windows are laid around an abnormal beat, or they would hardly be seen.
            var odd = record.Beats.Where(b => b.IsAbnormal).ToArray();
            var start = odd.Length > 0 && n % 2 == 0 ? odd[random.Next(odd.Length)].Sample - random.Next(Window) : random.Next(record.Millivolts.Length - Window);
            start = Math.Clamp(start, 0, record.Millivolts.Length - Window);
            var gain = (float)(0.8 + (0.4 * random.NextDouble()));
            for (var i = 0; i < Window; i++) x[(n * Window) + i] = gain * record.Millivolts[start + i];
            foreach (var b in record.Beats)
            {
                var at = (b.Sample - start) / Thinning;
                if (b.Sample < start || at >= Window / Thinning) continue;
                for (var i = Math.Max(0, at - 3); i <= Math.Min((Window / Thinning) - 1, at + 3); i++)
                {
                    y[(((n * 2) + 0) * (Window / Thinning)) + i] = MathF.Exp(-(i - at) * (i - at) / 4f);
                    y[(((n * 2) + 1) * (Window / Thinning)) + i] = b.IsAbnormal ? 1 : 0;
                }
            }
        }

        return (tensor(x, [size, 1, Window]).to(TorchRuntime.Device), tensor(y, [size, 2, Window / Thinning]).to(TorchRuntime.Device));
    }

    // At 360 Hz, the mean of the second around each sample taken away.
    private static EkgRecord Prepared(EkgRecord record)
    {
        if (record.Millivolts.Any(v => !float.IsFinite(v))) throw new ConvolutionException($"{record.Name} holds a voltage that is no finite number (NaN); cut that part out first.");
        var ratio = record.SamplesPerSecond / SamplesPerSecond;
        var values = Enumerable.Range(0, (int)(record.Millivolts.Length / ratio)).Select(i => record.Millivolts[Math.Min((int)Math.Round(i * ratio), record.Millivolts.Length - 1)]).ToArray();
        var sums = new double[values.Length + 1];
        for (var i = 0; i < values.Length; i++) sums[i + 1] = sums[i] + values[i];
        var half = (int)(SamplesPerSecond / 2);
        var flat = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (from, to) = (Math.Max(0, i - half), Math.Min(values.Length, i + half + 1));
            flat[i] = (float)(values[i] - ((sums[to] - sums[from]) / (to - from)));
        }

        return record with { Millivolts = flat, SamplesPerSecond = SamplesPerSecond, Beats = [.. record.Beats.Select(b => b with { Sample = (int)Math.Round(b.Sample / ratio) })] };
    }

    private static Tensor Input(EkgRecord prepared) => tensor(prepared.Millivolts, [1, 1, prepared.Millivolts.Length]).to(TorchRuntime.Device);
}
