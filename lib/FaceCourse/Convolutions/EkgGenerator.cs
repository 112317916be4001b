namespace FaceCourse.Convolutions;

/// <summary>One wave of a heart beat in the McSharry model: where on the circle it lies, how high and how wide it is.</summary>
/// <param name="Angle">Its place, in radians from the R peak: −π/2 is a quarter beat earlier.</param>
/// <param name="Height">The model's a: how strongly it pulls the trace up (down when negative).</param>
/// <param name="Width">The model's b: its width in radians.</param>
public readonly record struct EkgWave(double Angle, double Height, double Width);

/// <summary>A realistic EKG from three equations: a point runs round a circle once per beat and is pulled up and down by P, Q, R, S and T.</summary>
/// <remarks>
/// McSharry, Clifford, Tarassenko and Smith, "A dynamical model for generating synthetic electrocardiogram signals",
/// IEEE Trans. Biomed. Eng. 50 (2003): x' = αx − ωy, y' = αy + ωx,
/// z' = −Σ aᵢ Δθᵢ exp(−Δθᵢ²/2bᵢ²) − (z − z₀), with α = 1 − √(x² + y²), Δθᵢ = (θ − θᵢ) mod 2π, ω = 2π/RR. On its limit cycle
/// (where the paper starts it too) the circle stays a circle, so θ' = ω is integrated there and z by Runge and Kutta's fourth order.
/// The waves' table is the paper's. Ventricular beats (V) come early, without a P wave, wide and high, with an inverted T
/// and a pause after them; atrial ones (A) come early with an early, flatter P and otherwise look normal.
/// </remarks>
public sealed record EkgGenerator
{
    /// <summary>The paper's table of a normal beat: P, Q, R, S, T.</summary>
    public static IReadOnlyList<EkgWave> NormalBeat { get; } =
        [new(-Math.PI / 3, 1.2, 0.25), new(-Math.PI / 12, -5, 0.1), new(0, 30, 0.1), new(Math.PI / 12, -7.5, 0.1), new(Math.PI / 2, 0.75, 0.4)];

    private static readonly EkgWave[] Atrial =
        [new(-Math.PI / 2.6, 0.7, 0.2), new(-Math.PI / 12, -5, 0.1), new(0, 28, 0.1), new(Math.PI / 12, -7.5, 0.1), new(Math.PI / 2, 0.75, 0.4)];

    private static readonly EkgWave[] Ventricular =
        [new(-Math.PI / 6, -3, 0.25), new(0, 13, 0.28), new(Math.PI / 4, -4, 0.3), new(Math.PI / 1.7, -1.6, 0.5)];

    /// <summary>Samples per second.</summary>
    public double SamplesPerSecond { get; init; } = 360;

    /// <summary>Mean heart rate, beats per minute.</summary>
    public double BeatsPerMinute { get; init; } = 70;

    /// <summary>Standard deviation of the heart rate, beats per minute.</summary>
    public double RateDeviation { get; init; } = 3;

    /// <summary>How large the slow (0.1 Hz, blood pressure) rhythm of the heart rate is against the fast (0.25 Hz, breathing) one.</summary>
    public double LowToHigh { get; init; } = 0.5;

    /// <summary>The share of atrial premature beats.</summary>
    public double AtrialShare { get; init; }

    /// <summary>The share of ventricular premature beats.</summary>
    public double VentricularShare { get; init; }

    /// <summary>Standard deviation of the measurement's noise in millivolts.</summary>
    public double Noise { get; init; } = 0.02;

    /// <summary>How far each patient's waves are from the table: a factor around 1 for heights and widths, 0 for the table itself.</summary>
    public double Individuality { get; init; }

    /// <summary>The amplitude of the slow drift of the baseline in millivolts (0.25 Hz, breathing).</summary>
    public double Drift { get; init; } = 0.05;

    /// <summary>Makes an EKG; the same seed gives the same.</summary>
    /// <param name="seconds">How long, up to a day.</param>
    /// <param name="seed">Chooses the rhythm, the premature beats, the noise and the patient.</param>
    /// <exception cref="ConvolutionException">A setting is out of its range.</exception>
    public EkgRecord Generate(double seconds, int seed)
    {
        Check(seconds is > 0 and <= 86400, $"An EKG of {seconds} s cannot be made; take more than 0 and at most a day (86400 s).");
        Check(SamplesPerSecond is >= 50 and <= 10_000, $"The sampling rate is {SamplesPerSecond} Hz; take 50 to 10000.");
        Check(BeatsPerMinute is >= 20 and <= 250 && RateDeviation is >= 0 and <= 60, $"The heart rate is {BeatsPerMinute} ± {RateDeviation} per minute; take 20 to 250, ± 0 to 60.");
        Check(AtrialShare >= 0 && VentricularShare >= 0 && AtrialShare + VentricularShare <= 0.5, "At most half the beats can be premature, and no share is negative.");
        Check(LowToHigh >= 0 && double.IsFinite(LowToHigh) && Noise is >= 0 and <= 10 && Drift is >= 0 and <= 10 && Individuality is >= 0 and <= 0.5, "Noise and drift lie between 0 and 10 mV, individuality between 0 and 0.5, and LowToHigh is not negative.");

        var random = new Random(seed);
        var plan = Plan(seconds + 10, random);
        var person = new Dictionary<char, EkgWave[]>
        {
            ['N'] = Person(NormalBeat, random),
            ['A'] = Person(Atrial, random),
            ['V'] = Person(Ventricular, random),
        };
        return Integrate(seconds, plan, person, random);
    }

    private EkgRecord Integrate(double seconds, List<(double Time, double Before, double After, char Symbol)> plan, Dictionary<char, EkgWave[]> person, Random random)
    {
        var count = (int)Math.Round(seconds * SamplesPerSecond);
        var trace = new float[count];
        var beats = new List<Beat>();
        var step = 1 / SamplesPerSecond;
        var (z, beat, breath) = (0.0, 0, random.NextDouble() * 2 * Math.PI);
        for (var i = 0; i < count; i++)
        {
            var t = i * step;
            while (t >= plan[beat].Time + (plan[beat].After / 2)) beat++;
            var now = plan[beat];
            var waves = person[now.Symbol];
            var r = (int)Math.Round(now.Time * SamplesPerSecond);
            if (r == i && (beats.Count == 0 || beats[^1].Sample != r)) beats.Add(new Beat(r, now.Symbol));

            double Slope(double at, double height) => Pull(waves, at - now.Time, at < now.Time ? now.Before : now.After) - (height - (Drift * 0.1 * Math.Sin((2 * Math.PI * 0.25 * at) + breath)));
            var k1 = Slope(t, z);
            var k2 = Slope(t + (step / 2), z + (step / 2 * k1));
            var k3 = Slope(t + (step / 2), z + (step / 2 * k2));
            var k4 = Slope(t + step, z + (step * k3));
            trace[i] = (float)z;
            z += step / 6 * (k1 + (2 * k2) + (2 * k3) + k4);
        }

        Scale(trace, beats, random, breath);
        return new EkgRecord("generated EKG", "synthetic", SamplesPerSecond, trace, beats);
    }

    // The paper scales z to −0.4 … 1.2 mV; here the median R peak is set to 1.1 mV over the median, which spares outliers.
    private void Scale(float[] trace, List<Beat> beats, Random random, double breath)
    {
        var middle = Median(trace);
        var peaks = beats.Where(b => b.Symbol != 'V' && b.Sample > SamplesPerSecond / 2).Select(b => trace[b.Sample]).ToArray();
        var factor = peaks.Length == 0 ? 1 : 1.1 / Math.Max(1e-9, Median(peaks) - middle);
        for (var i = 0; i < trace.Length; i++)
        {
            var drift = Drift * Math.Sin((2 * Math.PI * 0.25 * i / SamplesPerSecond) + breath);
            trace[i] = (float)(((trace[i] - middle) * factor) + drift + (Noise * Gauss(random)));
        }
    }

    // z' without its pull back to the baseline. A hurried beat spends more of its circle on each wave: widths go with √rate.
    private static double Pull(EkgWave[] waves, double sinceR, double interval)
    {
        // The angle is 0 at the R peak and ±π half way to the neighbours, which may be unequally far.
        var theta = 2 * Math.PI * sinceR / interval;
        var hurry = Math.Sqrt(1 / interval);
        var sum = 0.0;
        foreach (var wave in waves)
        {
            var d = Math.IEEERemainder(theta - (wave.Angle * Math.Sqrt(hurry)), 2 * Math.PI);
            var b = wave.Width * hurry;
            sum -= wave.Height * d * Math.Exp(-d * d / (2 * b * b));
        }

        return sum;
    }

    // When each R peak comes, how far its neighbours are, and what it is.
    private List<(double Time, double Before, double After, char Symbol)> Plan(double seconds, Random random)
    {
        // RR intervals whose spectrum has two humps: a sum of sines around 0.1 and 0.25 Hz with random phases.
        var (mean, deviation) = (60 / BeatsPerMinute, 60 * RateDeviation / (BeatsPerMinute * BeatsPerMinute));
        var tones = new (double Hz, double Size, double Phase)[40];
        for (var i = 0; i < tones.Length; i++)
        {
            var hz = 0.01 * (i + 1);
            var power = (LowToHigh * Math.Exp(-Math.Pow((hz - 0.1) / 0.01, 2) / 2)) + Math.Exp(-Math.Pow((hz - 0.25) / 0.01, 2) / 2);
            tones[i] = (hz, Math.Sqrt(power), random.NextDouble() * 2 * Math.PI);
        }

        var norm = deviation / Math.Max(1e-12, Math.Sqrt(tones.Sum(t => t.Size * t.Size) / 2));
        double Interval(double t) => Math.Max(0.24, mean + (norm * tones.Sum(o => o.Size * Math.Sin((2 * Math.PI * o.Hz * t) + o.Phase))));

        var peaks = new List<(double Time, char Symbol)> { (-mean / 2, 'N') };
        while (peaks[^1].Time < seconds)
        {
            var (last, symbol) = peaks[^1];
            var interval = Interval(last);
            var draw = random.NextDouble();
            if (symbol == 'V') interval *= 1.35; // the pause after it
            else if (symbol == 'A') interval *= 1.1;
            else if (draw < VentricularShare) (symbol, interval) = ('V', interval * (0.6 + (0.1 * random.NextDouble())));
            else if (draw < VentricularShare + AtrialShare) (symbol, interval) = ('A', interval * (0.65 + (0.1 * random.NextDouble())));
            peaks.Add((last + interval, symbol == peaks[^1].Symbol ? 'N' : symbol));
        }

        return [.. Enumerable.Range(1, peaks.Count - 2).Select(i => (peaks[i].Time, peaks[i].Time - peaks[i - 1].Time, peaks[i + 1].Time - peaks[i].Time, peaks[i].Symbol))];
    }

    private EkgWave[] Person(IReadOnlyList<EkgWave> table, Random random)
        => [.. table.Select(w => new EkgWave(w.Angle, w.Height * Factor(random), w.Width * Factor(random)))];

    private double Factor(Random random) => Math.Exp(Individuality * Math.Clamp(Gauss(random), -2, 2));

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float Median(float[] values)
    {
        var sorted = (float[])values.Clone();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }

    private static void Check(bool fine, string otherwise)
    {
        if (!fine) throw new ConvolutionException(otherwise);
    }
}
