using System.Collections.Concurrent;
using System.Net;
using FaceCourse.Notebook.Rendering;

namespace FaceCourse.Notebook;

/// <summary>A "your turn" cell's check: says right, or wrong and why; gives a hint on the second try and the folded solution from the third.</summary>
/// <example><code>
/// Exercise.Named("tau", hint: "Look where the blue bars end.", solution: "0.5, because …")
///     .Check(tau is > 0.4 and &lt; 0.6, $"With τ = {tau}, {letIn} strangers are let in.")
/// </code></example>
public sealed class Exercise
{
    private static readonly ConcurrentDictionary<string, Exercise> All = new(StringComparer.Ordinal);

    private string _hint = "", _solution = "";

    private Exercise()
    {
    }

    /// <summary>The exercise of this name; a cell that is run again finds it with its tries counted.</summary>
    /// <param name="name">Unique within the notebook.</param>
    /// <param name="hint">What to look at, shown from the second wrong try on.</param>
    /// <param name="solution">The answer with its reason, folded, from the third on.</param>
    public static Exercise Named(string name, string hint, string solution)
    {
        var exercise = All.GetOrAdd(name, _ => new Exercise());
        (exercise._hint, exercise._solution) = (hint, solution);
        return exercise;
    }

    /// <summary>Forgets all tries: another notebook begins in this process, and its exercises may have the same names.</summary>
    public static void BeginNotebook() => All.Clear();

    /// <summary>How often <see cref="Check"/> has found the answer wrong since it was last right.</summary>
    public int WrongTries { get; private set; }

    /// <summary>True once the answer has been right.</summary>
    public bool Solved { get; private set; }

    /// <summary>Judges an answer.</summary>
    /// <param name="right">Whether it is right.</param>
    /// <param name="because">What the answer leads to: said in both cases.</param>
    public ExerciseCard Check(bool right, string because)
    {
        WrongTries = right ? 0 : WrongTries + 1;
        Solved |= right;
        return new ExerciseCard(right, because, WrongTries >= 2 ? _hint : null, WrongTries >= 3 ? _solution : null);
    }
}

/// <summary>What a "your turn" cell answers.</summary>
/// <param name="right">Whether the answer was right.</param>
/// <param name="because">Why.</param>
/// <param name="hint">Shown when not null.</param>
/// <param name="solution">Shown folded when not null.</param>
public sealed class ExerciseCard(bool right, string because, string? hint, string? solution) : Shown
{
    /// <summary>Whether the answer was right.</summary>
    public bool Right { get; } = right;

    /// <inheritdoc/>
    public override string AlternativeText => $"{(Right ? "Right" : "Not yet")}: {because}{(hint is null ? "" : $" Hint: {hint}")}";

    /// <inheritdoc/>
    public override string ToHtml()
    {
        // A sign and a word as well as a colour: colour alone would not reach everybody.
        var (sign, word, colour) = Right ? ("✓", "Right", Figure.Colours[2]) : ("✗", "Not yet", Figure.Colours[3]);
        var more = hint is null ? "" : $"<p style=\"margin:.5em 0 0\"><b>Hint.</b> {WebUtility.HtmlEncode(hint)}</p>";
        if (solution is not null) more += $"<details style=\"margin:.5em 0 0\"><summary>Solution</summary>{WebUtility.HtmlEncode(solution)}</details>";
        return $"<div role=\"status\" style=\"border-left:4px solid {colour};padding:.5em 1em;font:15px/1.5 system-ui,sans-serif\"><b style=\"color:{colour}\">{sign} {word}.</b> {WebUtility.HtmlEncode(because)}{more}</div>";
    }
}
