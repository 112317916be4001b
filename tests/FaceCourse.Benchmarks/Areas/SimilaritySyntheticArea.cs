using System.Globalization;
using FaceCourse.Similarity;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>One-shot recognition of 20 synthetic people after training on 500 others, with semi-hard and with random triplets: numbers of models/similarity.md, anew.</summary>
internal sealed class SimilaritySyntheticArea : IArea
{
    public string Name => "similarity-synthetic";

    public Task RunAsync(Ratios ratios)
    {
        Synthetic(ratios);
        return Task.CompletedTask;
    }

    private static void Synthetic(Ratios ratios)
    {
        using var train = SyntheticFaces.Draw(500, 10, firstPerson: 1000);
        using var unseen = SyntheticFaces.Draw(20, 10);
        foreach (var seed in Enumerable.Range(0, 3))
        {
            var options = new TrainingOptions { Steps = 600, EvaluateEvery = 600, Seed = seed };
            foreach (var (name, miner) in new[] { ("semi-hard", options.Miner), ("random", Miner.Random(seed)) })
            {
                using var encoder = SmallEncoder.For(train, seed);
                var result = EncoderTraining.Run(encoder, train, unseen, options with { Miner = miner });
                var score = EncodingScore.Compare(train, unseen, (name, encoder))[^1];
                ratios.Note(string.Create(CultureInfo.InvariantCulture, $"synthetic, seed {seed}, {score}; {result.Last.ActiveShare:0.0%} of its triplets active at the end; {result.Last.Elapsed.TotalSeconds:0} s"));
            }
        }
    }
}
