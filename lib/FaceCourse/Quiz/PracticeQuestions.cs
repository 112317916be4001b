using System.Globalization;
using FaceCourse.Convolutions;

namespace FaceCourse.Quiz;

/// <summary>Questions made from a seed, so that practice never ends: new shapes for questions 10 and 11, new distances for 4 and 14.</summary>
/// <example><code>var ten = PracticeQuestions.Ten(seed: 7);</code></example>
public static class PracticeQuestions
{
    /// <summary>Ten questions, numbered 21 to 30.</summary>
    /// <param name="seed">The same seed gives the same questions.</param>
    public static IReadOnlyList<Question> Ten(int seed) => [.. Endless(seed).Take(10)];

    /// <summary>Questions without end, numbered from 21: the four kinds in turn.</summary>
    /// <param name="seed">The same seed gives the same questions.</param>
    public static IEnumerable<Question> Endless(int seed)
    {
        for (var i = 0; ; i++)
        {
            // A generator of its own for each: question 25 does not depend on whether 24 was asked.
            var random = new Random(unchecked((seed * 1_000_003) ^ (i * 7919)));
            var (id, number) = ($"practice-{seed}-{21 + i}", 21 + i);
            yield return (i % 4) switch
            {
                0 => Shape(id, number, random, moved: false),
                1 => Loss(id, number, random),
                2 => Shape(id, number, random, moved: true),
                _ => Largest(id, number, random),
            };
        }
    }

    // Like questions 10 (stride 1, no padding) and 11 (stride, padding).
    private static Question Shape(string id, int number, Random random, bool moved)
    {
        while (true)
        {
            var dimensions = random.Next(1, 4);
            var (side, kernel) = (random.Next(2, 17) * 4, random.Next(2, 8));
            var (stride, padding) = moved ? (random.Next(2, 4), random.Next(0, 3)) : (1, 0);
            var (channels, filters) = (1 << random.Next(0, 5), 1 << random.Next(2, 7));
            if (kernel >= side || padding >= kernel || channels == filters) continue;

            var input = new FeatureShape(Enumerable.Repeat((long)side, dimensions), channels);
            var step = new ConvolutionLayer(Enumerable.Repeat((long)kernel, dimensions), filters, stride, padding).On(input);
            var (right, n) = (step.Output.ToString(), step.Output.Sides[0]);
            string Cube(long s, long c) => s < 1 ? right : new FeatureShape(Enumerable.Repeat(s, dimensions), c).ToString();
            var plain = side - kernel + 1;
            var wrong = new List<(string Text, string Why)>
            {
                (Cube(n, channels), $"The output has one channel for each of the {filters} filters, not the input's {channels}."),
                (Cube(n - 1, filters), "The places a filter stands on are one more than its moves: + 1."),
                (Cube(n, (long)channels * filters), $"A filter sums over the input's {channels} channels and gives one number, so there are {filters} channels."),
            };
            if (moved)
            {
                wrong.Insert(0, (Cube(side + (2 * padding) - kernel + 1, filters), $"That is stride 1; with stride {stride} the filter skips places."));
                wrong.Insert(1, (Cube(((side + (2 * (padding == 0 ? 1 : 0)) - kernel) / stride) + 1, filters), padding == 0 ? "That is padding 1; here there is none." : $"The padding of {padding} zeros on either end is left out."));
            }
            else
            {
                wrong.Insert(0, (Cube(side, filters), $"Without padding a filter of {kernel} fits only {plain} times along {side}."));
            }

            var choices = wrong.Where(w => w.Text != right).DistinctBy(w => w.Text).Take(3).Select(w => new Choice(w.Text, w.Why)).ToList();
            if (choices.Count < 3) continue;
            var what = $"{filters} filters of {FeatureShape.Text(step.Layer.Kernel)}{(moved ? $", stride {stride}, padding {padding}" : ", stride 1, no padding")}";
            return Make(id, number, 11, $"An input of {input} (the last number counts channels) meets {what}. What comes out?",
                $"Each side: {step.Explanation}. Each filter gives one channel: {filters}.", new Choice(right, "The arithmetic of each side, and one channel per filter.", Right: true), choices, random);
        }
    }

    // Like question 4: the formula on numbers.
    private static Question Loss(string id, int number, Random random)
    {
        while (true)
        {
            var (p, n, alpha) = (random.Next(1, 40) / 20.0, random.Next(1, 40) / 20.0, random.Next(2, 11) / 10.0);
            var right = Value(p, n, alpha);
            var choices = new List<(double Value, string Why)>
            {
                (p - n + alpha, "A triplet that keeps its distance costs nothing: the loss is never below 0."),
                (Value(n, p, alpha), "The positive's distance comes with a plus, the negative's with a minus."),
                (Value(p, n, -alpha), "The margin is added: the positive has to be nearer by α."),
                (Value(p, n, 0), "The margin α is left out."),
                (p + n + alpha, "The negative's distance is subtracted: far away is good for a negative."),
                (Value(p * p, n * n, alpha), "These are squared distances already; they are not squared again."),
            };
            var wrong = choices.Where(c => Math.Abs(c.Value - right) > 0.004).DistinctBy(c => Text(c.Value)).Take(3).Select(c => new Choice(Text(c.Value), c.Why)).ToList();
            if (wrong.Count < 3) continue;
            return Make(id, number, 4, $"‖f(A) − f(P)‖² = {Text(p)}, ‖f(A) − f(N)‖² = {Text(n)}, margin α = {Text(alpha)}. How large is the triplet loss?",
                $"L = max({Text(p)} − {Text(n)} + {Text(alpha)}, 0) = max({Text(p - n + alpha)}, 0) = {Text(right)}.",
                new Choice(Text(right), "max(d(A, P) − d(A, N) + α, 0).", Right: true), wrong, random);
        }
    }

    // Like question 14: which triplet costs most.
    private static Question Largest(string id, int number, Random random)
    {
        while (true)
        {
            const double Alpha = 0.2;
            var triplets = Enumerable.Range(0, 4).Select(_ => (P: random.Next(1, 40) / 20.0, N: random.Next(1, 40) / 20.0)).ToList();
            var losses = triplets.Select(t => Value(t.P, t.N, Alpha)).ToList();
            var best = losses.IndexOf(losses.Max());
            // One winner, and not by a hair; one triplet that costs nothing, one that only looks bad because both distances are large.
            if (losses[best] - losses.Order().ElementAt(2) < 0.15 || losses.Min() > 0 || triplets.MaxBy(t => t.P) == triplets[best] || triplets.Distinct().Count() < 4) continue;
            string Describe((double P, double N) t) => $"d(A, P) = {Text(t.P)}, d(A, N) = {Text(t.N)}";
            var wrong = triplets.Where((_, i) => i != best).Select(t => new Choice(Describe(t), Value(t.P, t.N, Alpha) == 0
                ? $"{Text(t.P)} − {Text(t.N)} + {Text(Alpha)} is not above 0: this triplet costs nothing."
                : $"Its loss is {Text(t.P)} − {Text(t.N)} + {Text(Alpha)} = {Text(Value(t.P, t.N, Alpha))}; another one costs more.")).ToList();
            var (p, n) = triplets[best];
            return Make(id, number, 4, $"d is the squared distance, the margin α is {Text(Alpha)}. Which triplet has the largest loss?",
                $"The largest difference d(A, P) − d(A, N) counts: {Text(p)} − {Text(n)} + {Text(Alpha)} = {Text(losses[best])}.",
                new Choice(Describe((p, n)), "Here the positive is farthest beyond the negative.", Right: true), wrong, random);
        }
    }

    private static double Value(double toPositive, double toNegative, double margin) => Math.Max(toPositive - toNegative + margin, 0);

    // Two decimals are exact for these numbers, but for the squares; a minus sign as in the formulas.
    private static string Text(double value) => Math.Round(value, 4).ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−');

    private static Question Make(string id, int number, int section, string text, string explanation, Choice right, IEnumerable<Choice> wrong, Random random)
    {
        Choice[] choices = [right, .. wrong];
        random.Shuffle(choices);
        return new Question(id, number, LectureSection.Get(section), text, explanation, choices);
    }
}
