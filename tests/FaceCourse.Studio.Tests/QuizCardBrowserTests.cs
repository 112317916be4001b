using FaceCourse.Notebook;
using Microsoft.Playwright;
using Xunit;

namespace FaceCourse.Studio.Tests;

/// <summary>Quiz cards as a student meets them: in a browser, without a kernel.</summary>
public sealed class QuizCardBrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quiz-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_wrong_answer_says_why_the_right_one_scores_and_both_are_there_after_a_reload()
    {
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write());
        var card = browser.Page.GetByRole(AriaRole.Group, new() { Name = "Quiz, question 3", Exact = true });
        await card.GetByRole(AriaRole.Button).ClickAsync();
        Assert.Contains("Choose an answer first", await card.InnerTextAsync());

        await card.GetByRole(AriaRole.Radio).Nth(0).CheckAsync();
        await card.GetByRole(AriaRole.Button).ClickAsync();
        Assert.Contains("Not yet", await card.InnerTextAsync());
        Assert.Contains("Reread section 4", await card.InnerTextAsync());

        await card.GetByRole(AriaRole.Radio).Nth(2).CheckAsync();
        await card.GetByRole(AriaRole.Button).ClickAsync();
        Assert.Contains("✓ Right.", await card.InnerTextAsync());

        await browser.Page.ReloadAsync();
        Assert.True(await card.GetByRole(AriaRole.Radio).Nth(2).IsCheckedAsync());
        Assert.Contains("✓ answered 2 times · score 1 of 20", await card.InnerTextAsync());
        Assert.Contains("1 of 20 right, 0 at the first try", await Score(browser).InnerTextAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_card_is_answered_with_the_keyboard_alone()
    {
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write());
        await browser.Page.Keyboard.PressAsync("Tab");     // into the first card's radio group
        await browser.Page.Keyboard.PressAsync("Space");   // choice A
        await browser.Page.Keyboard.PressAsync("Tab");     // the button
        await browser.Page.Keyboard.PressAsync("Enter");

        Assert.Contains("1 of 20 right, 1 at the first try", await Score(browser).InnerTextAsync());
    }

    [Fact]
    public async Task Every_card_shows_the_common_score_and_it_can_be_forgotten()
    {
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write());
        var first = browser.Page.GetByRole(AriaRole.Group, new() { Name = "Quiz, question 1", Exact = true });
        await first.GetByRole(AriaRole.Radio).Nth(0).CheckAsync();
        await first.GetByRole(AriaRole.Button).ClickAsync();
        Assert.Contains("score 1 of 20", await browser.Page.GetByRole(AriaRole.Group, new() { Name = "Quiz, question 3", Exact = true }).InnerTextAsync());

        var forget = Score(browser).GetByRole(AriaRole.Button);
        await forget.ClickAsync();
        Assert.Contains("1 of 20 right", await Score(browser).InnerTextAsync());
        await forget.ClickAsync();
        Assert.Contains("0 of 20 right", await Score(browser).InnerTextAsync());
    }

    [Fact]
    public async Task What_a_kernel_kept_is_taken_over_by_the_page()
    {
        var quiz = CourseQuiz.Open(Path.Combine(_folder, "quiz.json"));
        quiz.Answer(1, "no");
        quiz.Answer(1, "yes");

        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(Write(quiz));
        Assert.Contains("✓ answered 2 times", await browser.Page.GetByRole(AriaRole.Group, new() { Name = "Quiz, question 1", Exact = true }).InnerTextAsync());
        Assert.Contains("1 of 20 right, 0 at the first try", await Score(browser).InnerTextAsync());
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Cards_can_be_looked_at_in_light_and_dark(ColorScheme scheme)
    {
        await using var browser = await Browser.StartAsync(width: 900, scheme: scheme);
        var quiz = CourseQuiz.Open(Path.Combine(_folder, "quiz.json"));
        quiz.Answer(1, "yes");
        quiz.Answer(3, "yes: ");
        await browser.Page.GotoAsync(Write(quiz, practice: true));
        var folder = Environment.GetEnvironmentVariable("FACECOURSE_SCREENSHOTS") is { Length: > 0 } kept ? kept : _folder;
        var picture = await browser.Page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(folder, $"quiz-{scheme}.png") });

        Assert.True(picture.Length > 20_000);
        Assert.Empty(browser.Errors);
    }

    private static ILocator Score(Browser browser) => browser.Page.GetByRole(AriaRole.Group, new() { Name = "Score of the quiz" });

    private string Write(CourseQuiz? quiz = null, bool practice = false)
    {
        quiz ??= CourseQuiz.Open(Path.Combine(_folder, "none.json"));
        var file = Path.Combine(_folder, "page.html");
        File.WriteAllText(file, $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Quiz</title><style>:root{color-scheme:light dark}body{max-width:800px;margin:2em auto}</style>
            {{quiz.Card(1).ToHtml()}}<br>{{quiz.Card(3).ToHtml()}}<br>{{quiz.Score().ToHtml()}}{{(practice ? quiz.Practice(7).ToHtml() : "")}}
            """);
        return new Uri(file).AbsoluteUri;
    }
}
