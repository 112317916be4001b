using System.Diagnostics;
using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>Mining and loss beside the encoder's forward pass and beside a triple loop; the training loop beside the plain one.</summary>
internal sealed class SimilarityArea : IArea
{
    private const int People = 128, Each = 4, Dimensions = 128;

    public string Name => "similarity";

    public Task RunAsync(Ratios ratios)
    {
        using var scope = NewDisposeScope();
        var encodings = nn.functional.normalize(randn([People * Each, Dimensions], generator: new Generator(1)));
        var who = arange(People * Each).div(Each, RoundingMode.floor).to(int64);
        ShareOfTheStep(ratios, encodings, who);
        TripleLoop(ratios, encodings, who);
        PlainLoop(ratios);
        return Task.CompletedTask;
    }

    /// <summary>Distances, batch-hard triplets and their loss for 512 encodings, and the forward pass that made the encodings.</summary>
    private static void ShareOfTheStep(Ratios ratios, Tensor encodings, Tensor who)
    {
        using var encoder = new SmallEncoder(channels: 3);
        var pictures = rand([People * Each, 3, 48, 48], generator: new Generator(2));
        ratios.Report("batch-hard mining and loss of 512×128 as a share of the encoder's forward pass", Enumerable.Range(-1, ratios.Pairs + 1).Select(_ =>
        {
            var mining = Seconds(() => Mine(encodings, who));
            var forward = Seconds(() =>
            {
                using var quiet = no_grad();
                encoder.call(pictures);
            });
            return mining / forward;
        }).Skip(1), "≤ 0.05");
    }

    /// <summary>Every triplet of the batch looked at by three nested loops, on distances that are already there.</summary>
    private static void TripleLoop(Ratios ratios, Tensor encodings, Tensor who)
    {
        var people = who.data<long>().ToArray();
        var matrix = Distance.SquaredL2.Pairwise(encodings).data<float>().ToArray();
        ratios.Faster("batch-hard mining and loss over a triple loop", () => Mine(encodings, who), () => Loop(matrix, people), "≥ 1");
    }

    private static float Mine(Tensor encodings, Tensor who)
    {
        using var inner = NewDisposeScope();
        var loss = new TripletLoss();
        var distances = loss.Distance.Pairwise(encodings);
        return loss.Of(distances, Miner.BatchHard.Mine(distances, who)).item<float>();
    }

    private static double Loop(float[] d, long[] who)
    {
        var (n, sum) = (who.Length, 0.0);
        for (var a = 0; a < n; a++)
        {
            var worst = 0f;
            for (var p = 0; p < n; p++)
            {
                if (p == a || who[p] != who[a]) continue;
                for (var q = 0; q < n; q++)
                {
                    if (who[q] != who[a]) worst = Math.Max(worst, d[(a * n) + p] - d[(a * n) + q] + 0.2f);
                }
            }

            sum += worst;
        }

        return sum;
    }

    /// <summary>Steps per second of the course's training, which also counts, checks and reports, over the bare loop on the same network.</summary>
    private static void PlainLoop(Ratios ratios)
    {
        const int Steps = 12;
        using var faces = SyntheticFaces.Draw(32, 4);
        ratios.Faster("steps per second over the same network in a plain eager loop", () =>
        {
            using var encoder = SmallEncoder.For(faces);
            EncoderTraining.Run(encoder, faces, null, new TrainingOptions { Steps = Steps, EvaluateEvery = Steps, Miner = Miner.BatchHard, Augment = false });
        }, () => Plain(faces, Steps), "≥ 0.9");
    }

    private static void Plain(FaceSet faces, int steps)
    {
        using var encoder = SmallEncoder.For(faces);
        using var adam = optim.Adam(encoder.parameters(), lr: 2e-3);
        var people = faces.People.Select(p => (long)p).ToArray();
        var random = new Random(1);
        encoder.train();
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var rows = Enumerable.Range(0, 32).OrderBy(_ => random.Next()).Take(16).SelectMany(p => Enumerable.Range(p * 4, 4)).Select(i => (long)i).ToArray();
            var who = tensor(rows.Select(r => people[r]).ToArray());
            var f = encoder.call(faces.Pictures[tensor(rows)]);
            var distances = (f.unsqueeze(0) - f.unsqueeze(1)).square().sum(2);
            var same = who.unsqueeze(0).eq(who.unsqueeze(1));
            var farthest = distances.masked_fill(same.logical_not(), -1).amax([1]);
            var nearest = distances.masked_fill(same, 100).amin([1]);
            var loss = nn.functional.relu(farthest - nearest + 0.2).mean();
            adam.zero_grad();
            loss.backward();
            adam.step();
        }
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }
}
