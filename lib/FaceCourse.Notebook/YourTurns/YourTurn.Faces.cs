using FaceCourse.Similarity;
using static TorchSharp.torch;

namespace FaceCourse.Notebook;

/// <content>Notebooks 1, 2 and 5: recognition, one-shot learning, verification.</content>
public static partial class YourTurn
{
    private static readonly string[] Tasks = ["verification", "recognition", "verification", "recognition"];

    /// <summary>Notebook 1: is each of four uses verification or recognition?</summary>
    /// <param name="answers">The use and the word, in the cell's order.</param>
    public static ExerciseCard WhichTask(IReadOnlyDictionary<string, string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var wrong = answers.Where((a, i) => !a.Value.Trim().Equals(Tasks.ElementAtOrDefault(i), StringComparison.OrdinalIgnoreCase)).Select(a => a.Key).ToList();
        return Judge(wrong.Count == 0 && answers.Count == Tasks.Length,
            wrong.Count == 0 ? "A claim makes it 1:1; without one it is 1:K." : $"Look again at: {string.Join("; ", wrong)}.",
            "Is there a claim (this telephone's owner, this passport's holder), or only a face?",
            "verification, recognition, verification, recognition: only the telephone and the passport come with a claim.");
    }

    /// <summary>Notebook 1: the FAR per comparison with which a stranger is named among 100 people in at most 1 % of the visits.</summary>
    public static ExerciseCard FarPerComparison(double far)
    {
        static double Named(double far) => 1 - Math.Pow(1 - far, 100);
        var (risk, keeps) = (Named(far), far > 0 && Named(far) <= 0.01);
        return Judge(keeps && Named(2 * far) > 0.01,
            $"With FAR = {far:0.######} per comparison a stranger is named in {risk:P2} of the visits." + (far <= 0 ? " No verifier is that good." : !keeps ? " Too often." : Named(2 * far) <= 0.01 ? " That keeps the promise; would twice as much keep it too?" : ""),
            "For small numbers 1 − (1 − FAR)^K is nearly K · FAR.",
            "0.0001: 1 − 0.9999^100 = 0.995 %. Twice as much would give 2 %.");
    }

    /// <summary>Notebook 1: how many comparisons 1,000 visits cost at a gate with passports, and at a door without cards where 500 people are enrolled.</summary>
    public static ExerciseCard Comparisons(int gate, int door) => Judge((gate, door) == (1000, 1000 * 500),
        $"You say {gate:N0} and {door:N0}." + (gate != 1000 ? " At the gate a name is claimed." : door != 500_000 ? " At the door nobody claims a name." : " 1:1 and 1:K."),
        "One per person at the gate. At the door each visit is compared with everybody enrolled.",
        "(1000, 500000): 1,000 · 1 and 1,000 · 500.");

    /// <summary>Notebook 2: how many weights one more person costs a softmax over 40 people, and the similarity function; encodings of 128 numbers.</summary>
    public static ExerciseCard NewWeights(int softmax, int similarity) => Judge(softmax == 128 && similarity == 0,
        $"softmax +{softmax}, similarity function +{similarity}." + (softmax == 128 ? "" : " W has 41 rows then, and it had 40.") + (similarity == 0 ? "" : " Did any weight of f change when person 6 was enrolled?"),
        "W has one row per person, and a row has one number for each number of f(x). The similarity function only stores an encoding.",
        "128 for the softmax (a row of W, besides one bias), which all have to be trained. 0 for the similarity function: f stays as it is.");

    /// <summary>Notebook 2: the largest τ, to two decimals, with a FAR of at most 1 %.</summary>
    /// <param name="tau">The answer.</param>
    /// <param name="roc">The judges' pairs.</param>
    public static ExerciseCard DoorThreshold(double tau, Roc roc)
    {
        ArgumentNullException.ThrowIfNull(roc);
        var right = Same(tau, Hundredths(2).Last(t => roc.FalseAcceptRate(t) <= 0.01), 0.015);
        return Judge(right,
            $"With τ = {tau:0.00}: FAR {roc.FalseAcceptRate(tau):P1}, FRR {roc.FalseRejectRate(tau):P0}."
                + (right ? " No larger τ would do." : roc.FalseAcceptRate(tau) > 0.01 ? " Too many strangers." : " Allowed, but many friends are turned away; a larger τ keeps the promise too."),
            "Move the slider right until FAR shows more than 1.0 %, then one step back.",
            "Enumerable.Range(0, 200).Select(i => i / 100.0).Last(t => roc.FalseAcceptRate(t) <= 0.01)");
    }

    /// <summary>Notebook 2: who stands at the door?</summary>
    /// <param name="person">The answer: a person's number from 1 on, or 0 for nobody here.</param>
    /// <param name="distances">To the enrolled people, in order.</param>
    /// <param name="tau">The threshold.</param>
    public static ExerciseCard AtTheDoor(int person, IReadOnlyList<float> distances, double tau)
    {
        ArgumentNullException.ThrowIfNull(distances);
        var nearest = distances.Index().MinBy(d => d.Item).Index + 1;
        var truth = distances.Min() <= tau ? nearest : 0;
        return Judge(person == truth,
            person < 0 || person > distances.Count ? $"A number from 1 to {distances.Count}, please, or 0 for nobody here."
                : person == truth ? (truth == 0 ? "Nobody is within τ." : "The nearest encoding, and it is within τ.") : person == 0 ? "Is no distance at most τ?" : person == nearest ? "That is the nearest, but is it within τ?" : "Another encoding is nearer.",
            "Find the smallest distance first. Then compare it with τ.",
            "distances.Min() is the nearest person's; it counts only if it is at most τ.");
    }

    /// <summary>Notebook 5: the largest τ, to two decimals, that lets in at most five strangers in a hundred.</summary>
    /// <param name="tau">The answer.</param>
    /// <param name="different">Distances of pairs of different people.</param>
    public static ExerciseCard BankThreshold(double tau, IReadOnlyCollection<double> different)
    {
        ArgumentNullException.ThrowIfNull(different);
        var letIn = different.Count(d => d <= tau);
        var best = Hundredths(1).Last(t => different.Count(d => d <= t) <= 0.05 * different.Count);
        return Judge(Same(tau, best, 0.005),
            $"With τ = {tau:0.00}, {letIn} of {different.Count} strangers pass: {letIn / (double)different.Count:P1}."
                + (tau > best + 0.005 ? " Too many." : tau < best - 0.005 ? " That is allowed; does a larger τ keep the promise too?" : " No larger τ would do."),
            "Follow the orange curve (FAR) from the left. Where does it first go above 5 %? Your τ is just before that.",
            "taus.Last(t => different.Count(d => d <= t) <= 0.05 * different.Count): the last τ that lets in few enough.");
    }

    /// <summary>Notebook 5: the smallest τ, to two decimals, that refuses at most five in a hundred tries of the right person.</summary>
    /// <param name="tau">The answer.</param>
    /// <param name="same">Distances of pairs of one person.</param>
    public static ExerciseCard PhoneThreshold(double tau, IReadOnlyCollection<double> same)
    {
        ArgumentNullException.ThrowIfNull(same);
        var refused = same.Count(d => d > tau);
        var least = Hundredths(1).First(t => same.Count(d => d > t) <= 0.05 * same.Count);
        return Judge(Same(tau, least, 0.005),
            $"With τ = {tau:0.00}, {refused} of {same.Count} tries of the right person are refused: {refused / (double)same.Count:P1}."
                + (tau < least - 0.005 ? " Too many." : tau > least + 0.005 ? " That is allowed; does a smaller τ keep the promise too?" : " No smaller τ would do."),
            "Follow the FRR curve from the right. Where does it first go above 5 %? Your τ is just after that.",
            "taus.First(t => same.Count(d => d > t) <= 0.05 * same.Count): the first τ that refuses few enough.");
    }

    /// <summary>Notebook 5: the bytes of a gallery with one encoding of each of 500 people.</summary>
    /// <param name="bytes">The answer.</param>
    /// <param name="encodings">[N,128], as the encoder gives them.</param>
    public static ExerciseCard GalleryBytes(long bytes, Tensor encodings)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        var numbers = 500 * encodings.shape[1];
        return Judge(bytes == numbers * encodings.element_size(),
            $"You say {bytes:N0} bytes." + (bytes == numbers ? " Each number takes four bytes." : ""),
            "People · numbers · bytes.",
            "256000: 500 · 128 · 4, a quarter of a megabyte. One photo is ten times as much.");
    }

    private static IEnumerable<double> Hundredths(int upTo) => Enumerable.Range(0, (100 * upTo) + 1).Select(i => i / 100.0);
}
