using System.Text.RegularExpressions;
using FaceCourse.Notebook.Rendering;
using Xunit;

namespace FaceCourse.Notebook.Tests;

public sealed class QuizCardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quiz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private CourseQuiz Open() => CourseQuiz.Open(Path.Combine(_folder, "quiz.json"));

    [Fact]
    public void A_card_is_a_named_group_of_radio_buttons_with_a_live_verdict()
    {
        var html = Open().Card(3).ToHtml();

        Assert.Contains("<legend", html);
        Assert.Equal(4, Regex.Count(html, "<input type=\"radio\""));
        Assert.Single(Regex.Matches(html, "name=\"([^\"]+)\"").Select(m => m.Groups[1].Value).Distinct());
        Assert.Contains("role=\"status\" aria-live=\"polite\"", html);
        Assert.DoesNotContain("http", html);
    }

    [Fact]
    public void Two_copies_of_one_card_do_not_share_their_radio_group()
    {
        var quiz = Open();
        string Group(string html) => Regex.Match(html, "name=\"(q-3-[^\"]+)\"").Groups[1].Value;

        Assert.NotEqual(Group(quiz.Card(3).ToHtml()), Group(quiz.Card(3).ToHtml()));
    }

    [Fact]
    public void An_answer_from_code_is_graded_shown_and_kept()
    {
        var card = Open().Answer(3, "no");

        Assert.Contains("Right.", card.AlternativeText);
        Assert.Contains("\"opens\":true", card.ToHtml());
        Assert.Contains("\"right\":true,\"tries\":1", Open().Card(3).ToHtml());
        Assert.StartsWith("1 of 20 right", Open().Score().AlternativeText);
    }

    [Fact]
    public void A_wrong_answer_names_the_section_to_reread()
    {
        var quiz = Open();
        quiz.Answer(10, "30×30×30×16");

        Assert.Contains("reread 11 · 1D and 3D generalisations", quiz.Score().AlternativeText);
    }

    [Fact]
    public void An_answer_that_is_none_of_the_choices_changes_nothing()
    {
        var quiz = Open();

        Assert.Throws<ArgumentException>(() => quiz.Answer(3, "maybe"));
        Assert.Throws<ArgumentOutOfRangeException>(() => quiz.Answer(21, "yes"));
        Assert.Equal(0, quiz.Progress.Score().Answered);
    }

    [Fact]
    public void Practice_is_ten_cards_of_new_questions()
    {
        var practice = Open().Practice(7);

        Assert.Equal(10, practice.Cards.Count);
        Assert.Contains("practice-7-30", practice.ToHtml());
        Assert.Equal(practice.AlternativeText, practice.As(Mime.Text));
    }
}
