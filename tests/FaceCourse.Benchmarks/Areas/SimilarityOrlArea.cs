using System.Diagnostics;
using System.Globalization;
using FaceCourse.Similarity;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>What an encoder trained on 30 people of ORL reaches on the 10 others, beside pixels and eigenfaces: numbers of models/similarity.md, anew.</summary>
internal sealed class SimilarityOrlArea : IArea
{
    private const int Seeds = 5;

    public string Name => "similarity-orl";

    public Task RunAsync(Ratios ratios)
    {
        if (OrlFaces.AreHere) Orl(ratios);
        else ratios.Note("the ORL faces are not on this machine");
        return Task.CompletedTask;
    }

    private static void Orl(Ratios ratios)
    {
        using var all = OrlFaces.Load();
        var scores = new List<EncodingScore>();
        foreach (var seed in Enumerable.Range(0, Seeds))
        {
            var (train, unseen) = all.Split(10, seed);
            using (train)
            using (unseen)
            {
                using var encoder = SmallEncoder.For(train, seed);
                var watch = Stopwatch.StartNew();
                EncoderTraining.Run(encoder, train, null, TrainingOptions.FewPictures with { Seed = seed, EvaluateEvery = 300 });
                ratios.Note(string.Create(CultureInfo.InvariantCulture, $"ORL, seed {seed}: trained in {watch.Elapsed.TotalSeconds:0} s"));
                foreach (var score in EncodingScore.Compare(train, unseen, ("trained encoder", encoder)))
                {
                    ratios.Note($"ORL, seed {seed}, {score}");
                    scores.Add(score);
                }
            }
        }

        foreach (var group in scores.GroupBy(s => s.Name))
        {
            var (auc, once) = (Spread([.. group.Select(s => s.Roc.Auc)]), Spread([.. group.Select(s => s.OneShot)]));
            ratios.Note(string.Create(CultureInfo.InvariantCulture, $"ORL, {Seeds} seeds, {group.Key}: AUC {auc.Mean:0.000} ± {auc.Deviation:0.000}, one-shot {once.Mean:0.000} ± {once.Deviation:0.000}"));
        }
    }

    private static (double Mean, double Deviation) Spread(double[] x) => (x.Average(), Math.Sqrt(x.Sum(v => Math.Pow(v - x.Average(), 2)) / (x.Length - 1)));
}
