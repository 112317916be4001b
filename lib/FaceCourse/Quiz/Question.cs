namespace FaceCourse.Quiz;

/// <summary>One answer to choose.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Why">Why it is right, or what is wrong with just this one.</param>
/// <param name="Right">Whether it is right.</param>
public sealed record Choice(string Text, string Why, bool Right = false);

/// <summary>A question with answers to choose from, exactly one of them right.</summary>
public sealed class Question
{
    /// <summary>Makes a question.</summary>
    /// <param name="id">Tells it apart in stored progress: <c>3</c>, or <c>practice-7-21</c>.</param>
    /// <param name="number">What it is called in the quiz, from 1.</param>
    /// <param name="section">The section to reread.</param>
    /// <param name="text">The question.</param>
    /// <param name="explanation">The answer, explained.</param>
    /// <param name="choices">Two to six, all different, one right.</param>
    /// <exception cref="ArgumentException">Not exactly one choice is right, or two say the same.</exception>
    public Question(string id, int number, LectureSection section, string text, string explanation, IReadOnlyList<Choice> choices)
    {
        if (choices.Count is < 2 or > 6) throw new ArgumentException($"question {id} has {choices.Count} choices; give it two to six");
        if (choices.Count(c => c.Right) != 1) throw new ArgumentException($"question {id} has {choices.Count(c => c.Right)} right choices; mark exactly one");
        if (choices.DistinctBy(c => c.Text, StringComparer.OrdinalIgnoreCase).Count() != choices.Count) throw new ArgumentException($"question {id} offers the same choice twice");
        (Id, Number, Section, Text, Explanation, Choices) = (id, number, section, text, explanation, choices);
    }

    /// <summary>Tells the question apart in stored progress.</summary>
    public string Id { get; }

    /// <summary>What it is called in the quiz, from 1.</summary>
    public int Number { get; }

    /// <summary>The section to reread.</summary>
    public LectureSection Section { get; }

    /// <summary>The question.</summary>
    public string Text { get; }

    /// <summary>The answer, explained.</summary>
    public string Explanation { get; }

    /// <summary>What there is to choose, A first.</summary>
    public IReadOnlyList<Choice> Choices { get; }

    /// <summary>The position of the right choice.</summary>
    public int RightChoice => Choices.ToList().FindIndex(c => c.Right);

    /// <summary>The letter a choice is named by: A for 0.</summary>
    public static char Letter(int choice) => (char)('A' + choice);

    /// <summary>Grades a choice by its position.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such choice.</exception>
    public Grade Grade(int choice) => choice >= 0 && choice < Choices.Count ? new Grade(this, choice)
        : throw new ArgumentOutOfRangeException(nameof(choice), choice, $"question {Number} has the choices 0 to {Choices.Count - 1}");

    /// <summary>Grades an answer in words.</summary>
    /// <param name="answer">A choice's letter, its text, or how its text begins (<c>"no"</c>); case does not matter.</param>
    /// <exception cref="ArgumentException">No choice is meant, or more than one; the message lists them.</exception>
    public Grade Grade(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var wanted = answer.Trim();
        var whole = Choices.ToList().FindIndex(c => c.Text.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        if (whole >= 0) return Grade(whole);
        if (wanted.Length == 1 && char.ToUpperInvariant(wanted[0]) - 'A' is >= 0 and var letter && letter < Choices.Count) return Grade(letter);

        var meant = Enumerable.Range(0, Choices.Count).Where(i => wanted.Length > 0 && Choices[i].Text.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (meant.Count == 1) return Grade(meant[0]);
        var list = string.Join("; ", Choices.Select((c, i) => $"{Letter(i)}: {c.Text}"));
        throw new ArgumentException($"\"{wanted}\" {(meant.Count == 0 ? "is none of the choices" : "could mean more than one choice")} of question {Number}. Answer with a letter: {list}", nameof(answer));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Number} · {Text} {string.Join(" ", Choices.Select((c, i) => $"({Letter(i)}) {c.Text}"))}";
}

/// <summary>An answer, judged.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Chosen">The position of the choice.</param>
public sealed record Grade(Question Question, int Chosen)
{
    /// <summary>The choice.</summary>
    public Choice Choice => Question.Choices[Chosen];

    /// <summary>Whether it is right.</summary>
    public bool Right => Choice.Right;

    /// <inheritdoc/>
    public override string ToString() => Right
        ? $"Right. {Choice.Why} {Question.Explanation}"
        : $"Not yet. {Choice.Why} Reread section {Question.Section}.";
}
