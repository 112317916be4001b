using System.Text;
using FaceCourse.Notebook.Rendering;
using FaceCourse.Quiz;

namespace FaceCourse.Notebook;

/// <summary>The quiz as a notebook uses it: cards to answer, answers from code, and the score.</summary>
/// <example><code>
/// var quiz = CourseQuiz.Open();
/// quiz.Card(3)              // to click
/// quiz.Answer(3, "no")      // or from code: graded and kept
/// quiz.Score()
/// </code></example>
public sealed class CourseQuiz
{
    private readonly QuizProgress _progress;

    private CourseQuiz(QuizProgress progress) => _progress = progress;

    /// <summary>The answers that are kept, and where.</summary>
    public QuizProgress Progress => _progress;

    /// <summary>Opens the quiz with the answers of earlier sessions.</summary>
    /// <param name="path">The progress file; null for <see cref="QuizProgress.DefaultPath"/>.</param>
    public static CourseQuiz Open(string? path = null)
    {
        var quiz = new CourseQuiz(QuizProgress.Load(path));
        if (quiz._progress.Notice is { } notice) Console.WriteLine(notice);
        return quiz;
    }

    /// <summary>A question of the lecture.</summary>
    /// <param name="number">1 to 20.</param>
    public QuizCard Card(int number) => Card(LectureQuestions.Get(number));

    /// <summary>Any question.</summary>
    public QuizCard Card(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return new QuizCard(question, _progress.Answers.GetValueOrDefault(question.Id));
    }

    /// <summary>Ten questions from a seed, with new shapes and distances.</summary>
    /// <param name="seed">The same seed gives the same questions.</param>
    public QuizCards Practice(int seed) => new([.. PracticeQuestions.Ten(seed).Select(Card)]);

    /// <summary>Answers a question of the lecture from code; graded, and kept on the disk.</summary>
    /// <param name="number">1 to 20.</param>
    /// <param name="answer">A letter, a choice's text, or how it begins: <c>"no"</c>.</param>
    /// <returns>The card with its verdict.</returns>
    /// <exception cref="ArgumentException">No choice is meant, or more than one; the message lists them.</exception>
    public QuizCard Answer(int number, string answer) => Answer(LectureQuestions.Get(number), answer);

    /// <summary>Answers any question from code.</summary>
    public QuizCard Answer(Question question, string answer)
    {
        ArgumentNullException.ThrowIfNull(question);
        return new QuizCard(question, _progress.Keep(question.Grade(answer)), justAnswered: true);
    }

    /// <summary>How many are right, and what to reread.</summary>
    public QuizScoreCard Score() => new(_progress);
}

/// <summary>Several cards below each other.</summary>
/// <param name="cards">The cards.</param>
public sealed class QuizCards(IReadOnlyList<QuizCard> cards) : Shown
{
    /// <summary>The cards.</summary>
    public IReadOnlyList<QuizCard> Cards { get; } = cards;

    /// <inheritdoc/>
    public override string AlternativeText => string.Join("\n", Cards.Select(c => c.AlternativeText));

    /// <inheritdoc/>
    public override string ToHtml() => new StringBuilder("<div style=\"display:grid;gap:14px\">").AppendJoin("", Cards.Select(c => $"<div>{c.ToHtml()}</div>")).Append("</div>").ToString();
}

/// <summary>The score on the lecture's questions: a square for each, and the sections to reread.</summary>
/// <param name="progress">What a kernel kept; the browser's own answers are added to it.</param>
public sealed class QuizScoreCard(QuizProgress progress) : Shown
{
    /// <inheritdoc/>
    public override string AlternativeText => $"{progress.Score()}{(progress.ToReread() is { Count: > 0 } sections ? $"; reread {string.Join(", ", sections)}" : "")}";

    /// <inheritdoc/>
    public override string ToHtml() => new Widget(
        """
        <div class="squares" style="display:flex;flex-wrap:wrap;gap:4px;margin:.2em 0 .6em"></div>
        <div role="status" aria-live="polite"><p class="sum" style="margin:.3em 0;font-weight:600"></p><p class="reread" style="margin:.3em 0"></p></div>
        <button type="button" style="font:inherit;padding:.2em .9em;cursor:pointer">Forget my answers</button>
        """,
        new
        {
            questions = LectureQuestions.All.Select(q => new { id = q.Id, section = q.Section.ToString() }),
            stored = progress.Answers.ToDictionary(a => a.Key, a => QuizCard.Plain(a.Value)),
        },
        QuizCard.Storage + """
        for (var id in data.stored) take(id, data.stored[id]);
        var squares = root.querySelector(".squares"), button = root.querySelector("button"), sure = false;
        function show() {
          var all = read(), right = 0, first = 0, wrong = [];
          squares.textContent = "";
          data.questions.forEach(function (q) {
            var a = all[q.id], s = document.createElement("span");
            s.textContent = q.id + (a ? (a.right ? " ✓" : " ✗") : "");
            s.style.cssText = "min-width:2.6em;text-align:center;padding:.2em .3em;border-radius:4px;border:2px solid " + (a ? (a.right ? "RIGHT" : "WRONG") : "rgba(128,128,128,.45)");
            squares.appendChild(s);
            if (a && a.right) right++;
            if (a && a.rightAtFirst) first++;
            if (a && !a.right && wrong.indexOf(q.section) < 0) wrong.push(q.section);
          });
          root.querySelector(".sum").textContent = right + " of " + data.questions.length + " right, " + first + " at the first try";
          root.querySelector(".reread").textContent = wrong.length ? "To reread: " + wrong.join("; ") + "." : "";
        }
        button.addEventListener("click", function () {
          if (!sure) { sure = true; button.textContent = "Really forget? Press again"; return; }
          sure = false; button.textContent = "Forget my answers"; write({});
        });
        button.addEventListener("blur", function () { sure = false; button.textContent = "Forget my answers"; });
        listen(show); show();
        """.Replace("RIGHT", Figure.Colours[2], StringComparison.Ordinal).Replace("WRONG", Figure.Colours[3], StringComparison.Ordinal),
        "Score of the quiz").ToHtml();
}
