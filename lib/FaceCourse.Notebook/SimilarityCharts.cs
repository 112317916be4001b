using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <summary>Charts of a training and of the embedding space it makes.</summary>
public static class SimilarityCharts
{
    private static readonly string[] Dashes = ["solid", "dot", "dash", "dashdot"];

    private static readonly int[] Whole = [0, 1];

    /// <summary>The ROC: genuine pairs let in over impostors let in, for every τ.</summary>
    /// <param name="curves">Names and curves, to compare.</param>
    public static Figure RocCurves(params (string Name, Roc Roc)[] curves) => Figure.Of(
        curves.Select((c, i) => (object)new
        {
            type = "scatter",
            mode = "lines",
            line = new { dash = Dashes[i % Dashes.Length] },
            name = $"{c.Name} (AUC {c.Roc.Auc:0.000})",
            x = c.Roc.Points.Select(p => p.FalseAccepts),
            y = c.Roc.Points.Select(p => p.TrueAccepts),
            hovertemplate = "FAR %{x:.1%}<br>TAR %{y:.1%}<extra></extra>",
        }),
        new { xaxis = new { title = "FAR: impostors let in" }, yaxis = new { title = "TAR: genuine pairs let in" }, legend = new { orientation = "h", y = -0.28 } },
        $"ROC curves. {string.Join(". ", curves.Select(c => $"{c.Name}: area {c.Roc.Auc:0.000}, equal error rate {c.Roc.EqualErrorRate:0.0%}"))}.");

    /// <summary>Trainings side by side: accuracy on people never seen, and the share of triplets that still teach.</summary>
    /// <param name="runs">Names and results, such as random and hard mining with the same budget.</param>
    public static Figure Trainings(params (string Name, TrainingResult Result)[] runs) => Figure.Of(
        runs.SelectMany((run, i) => new object[]
        {
            Line(run.Name, i, run.Result, h => h.UnseenAccuracy, "solid"),
            Line($"{run.Name}: active triplets", i, run.Result, h => h.ActiveShare, "dot"),
        }),
        new { xaxis = new { title = "step" }, yaxis = new { title = "share", range = new[] { 0, 1.02 } }, legend = new { orientation = "h", y = -0.25 } },
        $"Lines over training steps. {string.Join(". ", runs.Select(r => $"{r.Name}: {r.Result.Last.UnseenAccuracy:0%} right on people never seen, {r.Result.Last.ActiveShare:0%} of its triplets still active"))}.");

    /// <summary>The share of the miner's triplets that still teach, over the steps: how soon a way of choosing runs dry.</summary>
    /// <param name="runs">Names and results.</param>
    public static Figure ActiveTriplets(params (string Name, TrainingResult Result)[] runs) => Figure.Of(
        runs.Select((run, i) => Line(run.Name, i, run.Result, h => h.ActiveShare, Dashes[i % Dashes.Length])),
        new { xaxis = new { title = "step" }, yaxis = new { title = "triplets with a loss above 0", range = new[] { 0, 1.02 }, tickformat = ".0%" }, legend = new { orientation = "h", y = -0.25 } },
        $"Lines over training steps: the share of triplets with a loss above 0. {string.Join(". ", runs.Select(r => $"{r.Name}: {r.Result.Last.ActiveShare:0%} at the end"))}.");

    /// <summary>Accuracy on people never seen, over the steps.</summary>
    /// <param name="runs">Names and results.</param>
    public static Figure UnseenAccuracy(params (string Name, TrainingResult Result)[] runs) => Figure.Of(
        runs.Select((run, i) => Line(run.Name, i, run.Result, h => h.UnseenAccuracy, Dashes[i % Dashes.Length])),
        new { xaxis = new { title = "step" }, yaxis = new { title = "one-shot, right", range = new[] { 0, 1.02 }, tickformat = ".0%" }, legend = new { orientation = "h", y = -0.25 } },
        $"Lines over training steps: one-shot accuracy on people never seen. {string.Join(". ", runs.Select(r => $"{r.Name}: {r.Result.Last.UnseenAccuracy:0%} at the end"))}.");

    /// <summary>The mean distance within a batch, over the steps: at 0 all encodings are one point.</summary>
    /// <param name="runs">Names and results, such as α = 0 and α = 0.2.</param>
    public static Figure Spread(params (string Name, TrainingResult Result)[] runs) => Figure.Of(
        runs.Select((run, i) => Line(run.Name, i, run.Result, h => h.Spread, Dashes[i % Dashes.Length])),
        new { xaxis = new { title = "step" }, yaxis = new { title = "mean distance in a batch", rangemode = "tozero" }, legend = new { orientation = "h", y = -0.25 } },
        $"Lines over training steps: the mean distance between encodings. {string.Join(". ", runs.Select(r => $"{r.Name}: {r.Result.Last.Spread:0.000} at the end"))}.");

    /// <summary>AUC and one-shot accuracy as bars, one pair of bars per way of encoding.</summary>
    /// <param name="scores">What to compare.</param>
    public static Figure Scores(IReadOnlyList<EncodingScore> scores)
    {
        object Bars(string name, Func<EncodingScore, double> of, string pattern, string colour) => new
        {
            type = "bar",
            name,
            x = scores.Select(s => s.Name),
            y = scores.Select(of),
            text = scores.Select(s => of(s).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)),
            textposition = "outside",
            cliponaxis = false,
            marker = new { color = colour, pattern = new { shape = pattern } },
        };
        return Figure.Of(
            [Bars("verification, AUC", s => s.Roc.Auc, "", Figure.Colours[0]), Bars("one-shot, right", s => s.OneShot, "/", Figure.Colours[1])],
            new { barmode = "group", yaxis = new { range = new[] { 0, 1.12 } }, legend = new { orientation = "h", y = -0.25 } },
            $"Bars: {string.Join("; ", scores.Select(s => s.ToString()))}.");
    }

    /// <summary>Pictures of a set, the photos of each person framed alike.</summary>
    /// <param name="faces">The set.</param>
    /// <param name="people">How many people.</param>
    /// <param name="picturesEach">How many photos of each.</param>
    /// <param name="title">A heading, or null.</param>
    public static ImageGrid Faces(FaceSet faces, int people = 4, int picturesEach = 5, string? title = null) => new(
        [.. Enumerable.Range(0, faces.Count).GroupBy(i => faces.People[i]).Take(people).SelectMany((g, k) => g.Take(picturesEach).Select((i, n) =>
            new Tile(faces.DataUri(i), n == 0 ? faces.Name(g.Key) : "", $"{faces.Name(g.Key)}, photo {n + 1}", Figure.Colours[k % Figure.Colours.Count])))],
        width: 92, title: title);

    /// <summary>A probability per person as bars, the largest on top: what a softmax answers.</summary>
    /// <param name="names">Names of the outputs.</param>
    /// <param name="probabilities">As many probabilities.</param>
    /// <param name="most">How many bars.</param>
    /// <param name="title">A heading, or null.</param>
    public static Figure Probabilities(IReadOnlyList<string> names, IReadOnlyList<double> probabilities, int most = 6, string? title = null)
    {
        var top = names.Zip(probabilities).OrderByDescending(p => p.Second).Take(most).ToList();
        return Figure.Of(
            [new { type = "bar", orientation = "h", x = top.Select(t => t.Second), y = top.Select(t => t.First), text = top.Select(t => t.Second.ToString("0%", System.Globalization.CultureInfo.InvariantCulture)), textposition = "outside", cliponaxis = false }],
            new { title, height = 110.0 + (30 * top.Count), margin = new { l = 130, r = 50 }, xaxis = new { title = "probability", range = Whole, tickformat = ".0%" }, yaxis = new { autorange = "reversed" } },
            $"{title ?? "Bars"}: {string.Join(", ", top.Select(t => $"{t.First} {t.Second:0%}"))}.");
    }

    /// <summary>The triplets that are most wrong, as pictures: anchor, positive and negative side by side.</summary>
    /// <param name="encodings">[N,D].</param>
    /// <param name="faces">The pictures they are of.</param>
    /// <param name="count">How many triplets; nobody is the anchor of two.</param>
    /// <param name="loss">The loss to judge by; α = 0.2 unless told otherwise.</param>
    public static ImageGrid HardestTriplets(Tensor encodings, FaceSet faces, int count = 9, TripletLoss? loss = null)
    {
        loss ??= new TripletLoss();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var d = loss.Distance.Pairwise(encodings);
        var found = Miner.BatchHard.Mine(d, tensor(faces.People.Select(p => (long)p).ToArray()));
        var each = loss.Each(d[found.Anchors, found.Positives], d[found.Anchors, found.Negatives]).to(float64).data<double>().ToArray();
        var worst = found.ToList().Zip(each).OrderByDescending(t => t.Second).DistinctBy(t => faces.People[t.First.Anchor]).Take(count);
        return new ImageGrid(
            [.. worst.SelectMany(t => new[]
            {
                new Tile(faces.DataUri(t.First.Anchor), $"anchor · L = {t.Second:0.00}", $"anchor, {faces.Name(faces.People[t.First.Anchor])}", Figure.Colours[7]),
                new Tile(faces.DataUri(t.First.Positive), "positive", $"positive, {faces.Name(faces.People[t.First.Positive])}", Figure.Colours[0]),
                new Tile(faces.DataUri(t.First.Negative), "negative", $"negative, {faces.Name(faces.People[t.First.Negative])}", Figure.Colours[1]),
            })],
            width: 84, title: "The hardest triplets");
    }

    private static object Line(string name, int colour, TrainingResult result, Func<TrainingProgress, double> of, string dash)
    {
        var known = result.History.Where(h => double.IsFinite(of(h))).ToList();
        return new { type = "scatter", mode = "lines+markers", name, x = known.Select(h => h.Step), y = known.Select(of), line = new { color = Figure.Colours[colour % Figure.Colours.Count], dash } };
    }
}
