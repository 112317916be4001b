using FaceCourse.Notebook.Rendering;
using Xunit;

namespace FaceCourse.Notebook.Tests;

public sealed class ExerciseTests
{
    private static ExerciseCard Try(string name, bool right) => Exercise.Named(name, "look left", "it is <b>").Check(right, "because 1 < 2");

    [Fact]
    public void A_right_answer_says_why() => Assert.Equal("Right: because 1 < 2", Try("right", true).AlternativeText);

    [Fact]
    public void The_first_wrong_try_says_why_the_second_gives_a_hint_the_third_the_folded_solution()
    {
        var cards = Enumerable.Range(0, 3).Select(_ => Try("wrong", false).ToHtml()).ToArray();

        Assert.Contains("because 1 &lt; 2", cards[0]);
        Assert.DoesNotContain("look left", cards[0]);
        Assert.Contains("look left", cards[1]);
        Assert.DoesNotContain("<details", cards[1]);
        Assert.Contains("<summary>Solution</summary>it is &lt;b&gt;</details>", cards[2]);
    }

    [Fact]
    public void A_right_answer_starts_the_count_again()
    {
        Try("again", false);
        Try("again", true);

        Assert.DoesNotContain("look left", Try("again", false).As(Mime.Html));
        Assert.True(Exercise.Named("again", "", "").Solved);
    }

    [Fact]
    public void Another_notebooks_exercise_of_the_same_name_starts_without_tries()
    {
        Try("shared", false);
        Exercise.BeginNotebook();

        Assert.DoesNotContain("look left", Try("shared", false).ToHtml());
    }
}
