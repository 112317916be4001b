using static TorchSharp.torch;

namespace FaceCourse.Tests.Similarity;

/// <summary>The same mathematics once more, in double precision, as loops anyone can check by eye.</summary>
internal static class Slow
{
    public static double[][] Rows(Tensor x)
    {
        using var scope = NewDisposeScope();
        var flat = x.to(float64).cpu().data<double>().ToArray();
        return [.. flat.Chunk((int)x.shape[1])];
    }

    public static double Squared(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var k = 0; k < x.Length; k++) sum += (x[k] - y[k]) * (x[k] - y[k]);
        return sum;
    }

    public static double Cosine(double[] x, double[] y)
    {
        double xy = 0, xx = 0, yy = 0;
        for (var k = 0; k < x.Length; k++) (xy, xx, yy) = (xy + (x[k] * y[k]), xx + (x[k] * x[k]), yy + (y[k] * y[k]));
        return 1 - (xy / Math.Sqrt(xx * yy));
    }

    public static double TripletLoss(double[][] a, double[][] p, double[][] n, double margin)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += Math.Max(Squared(a[i], p[i]) - Squared(a[i], n[i]) + margin, 0);
        return sum;
    }

    public static List<(int A, int P, int N)> AllTriplets(long[] people)
    {
        var all = new List<(int, int, int)>();
        for (var a = 0; a < people.Length; a++)
        {
            for (var p = 0; p < people.Length; p++)
            {
                if (a == p || people[a] != people[p]) continue;
                for (var n = 0; n < people.Length; n++)
                {
                    if (people[n] != people[a]) all.Add((a, p, n));
                }
            }
        }

        return all;
    }

    /// <summary>The largest difference between autograd's gradient of f and central differences, relative to the largest slope.</summary>
    public static double GradientError(Func<Tensor, Tensor> f, Tensor at)
    {
        using var scope = NewDisposeScope();
        var x = at.to(float64).clone().requires_grad_(true);
        f(x).backward();
        var ours = x.grad!.flatten().data<double>().ToArray();
        var worst = 0.0;
        const double step = 1e-6;
        for (var i = 0; i < ours.Length; i++)
        {
            using var quiet = no_grad();
            var (up, down) = (at.to(float64).clone(), at.to(float64).clone());
            up.view(-1)[i] += step;
            down.view(-1)[i] -= step;
            var slope = (f(up).item<double>() - f(down).item<double>()) / (2 * step);
            worst = Math.Max(worst, Math.Abs(slope - ours[i]));
        }

        return worst / Math.Max(1e-3, ours.Max(Math.Abs));
    }
}
