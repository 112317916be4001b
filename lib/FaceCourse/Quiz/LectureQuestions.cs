namespace FaceCourse.Quiz;

/// <summary>The twenty questions that close the lecture.</summary>
public static partial class LectureQuestions
{
    /// <summary>All twenty, in the lecture's order.</summary>
    public static IReadOnlyList<Question> All { get; } = [.. Faces().Concat(StyleAndConvolutions()).OrderBy(q => q.Number)];

    /// <summary>A question by its number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such question.</exception>
    public static Question Get(int number) => number >= 1 && number <= All.Count ? All[number - 1]
        : throw new ArgumentOutOfRangeException(nameof(number), number, $"the lecture asks the questions 1 to {All.Count}");

    private static Question Ask(int number, int section, string text, string explanation, params IReadOnlyList<Choice> choices)
        => new($"{number}", number, LectureSection.Get(section), text, explanation, choices);

    private static Choice Yes(string text, string why) => new(text, why, Right: true);

    private static Choice No(string text, string why) => new(text, why);
}
