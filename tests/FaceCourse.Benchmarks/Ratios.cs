using System.Diagnostics;
using System.Globalization;

namespace FaceCourse.Benchmarks;

/// <summary>Compares our code with the alternative, A B A B in one run, and reports the median ratio over the pairs.</summary>
/// <remarks>
/// Timings on shared machines swing by a factor of three from minute to minute; the ratio of two things measured a
/// moment apart does not. One line per comparison: <c>area/name ratio aim</c>.
/// </remarks>
internal sealed class Ratios(string area, TextWriter output)
{
    /// <summary>How many A B pairs are measured after one warm-up of each.</summary>
    public int Pairs { get; init; } = 7;

    /// <summary>Prints how many times faster <paramref name="ours"/> is than <paramref name="theirs"/>.</summary>
    public double Faster(string name, Action ours, Action theirs, string aim)
        => Report(name, Enumerable.Range(-1, Pairs + 1).Select(_ => (A: Time(ours), B: Time(theirs))).Skip(1).Select(p => p.B / p.A), aim);

    /// <summary>Prints how many times faster ours is, each side reporting its own seconds (another process, say).</summary>
    public double Faster(string name, Func<double> ourSeconds, Func<double> theirSeconds, string aim)
        => Report(name, Enumerable.Range(-1, Pairs + 1).Select(_ => (A: ourSeconds(), B: theirSeconds())).Skip(1).Select(p => p.B / p.A), aim);

    /// <summary>Prints the median of ratios that the caller measured pairwise.</summary>
    public double Report(string name, IEnumerable<double> ratios, string aim)
    {
        var sorted = ratios.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        // A name is one word, so that a line splits at its spaces.
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{area}/{string.Join('-', name.Split([' ', ',', ':'], StringSplitOptions.RemoveEmptyEntries))} {median:0.###} {aim}"));
        output.Flush();
        return median;
    }

    /// <summary>Prints a remark that is no comparison (why one is missing, say).</summary>
    public void Note(string text) => output.WriteLine($"# {area}: {text}");

    private static double Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }
}
