using System.Net;
using System.Text;
using FaceCourse.Notebook.Rendering;
using FaceCourse.Quiz;

namespace FaceCourse.Notebook;

/// <summary>A question to answer by mouse, touch or keyboard, with or without a running kernel.</summary>
/// <remarks>
/// The page keeps the answers in the browser's localStorage; where a kernel has newer ones (<see cref="CourseQuiz.Answer(int, string)"/>),
/// they are taken over. Each wrong choice says what is wrong with just it.
/// </remarks>
/// <param name="question">What is asked.</param>
/// <param name="stored">The last answer that a kernel kept, or null.</param>
/// <param name="justAnswered">Whether that answer was given this moment, so that the card opens with its verdict.</param>
public sealed class QuizCard(Question question, StoredAnswer? stored = null, bool justAnswered = false) : Shown
{
    // One key for every card: the score is theirs together.
    internal const string Storage = """
        var memory = {};
        function read() { try { return JSON.parse(localStorage.getItem("facecourse-quiz")) || {}; } catch (e) { return memory; } }
        function write(all) { memory = all; try { localStorage.setItem("facecourse-quiz", JSON.stringify(all)); } catch (e) { } window.dispatchEvent(new Event("facecourse-quiz")); }
        function take(id, s) { var all = read(), mine = all[id]; if (s && (!mine || mine.tries < s.tries)) { all[id] = s; write(all); } }
        function listen(show) { window.addEventListener("facecourse-quiz", show); window.addEventListener("storage", show); }
        """;

    /// <summary>The question.</summary>
    public Question Question { get; } = question;

    /// <inheritdoc/>
    public override string AlternativeText => justAnswered && stored is not null ? $"{Question} — {Question.Grade(stored.Choice)}" : Question.ToString();

    /// <inheritdoc/>
    public override string ToHtml() => new Widget(
        Body(),
        new
        {
            id = Question.Id,
            series = Series(Question.Id),
            of = Question.Id.StartsWith("practice-", StringComparison.Ordinal) ? 10 : LectureQuestions.All.Count,
            stored = Plain(stored),
            opens = justAnswered,
            choices = Question.Choices.Select(c => new { right = c.Right, why = c.Why }),
            explanation = Question.Explanation,
            reread = $"Reread section {Question.Section}, notebook {Path.GetFileNameWithoutExtension(Question.Section.Notebook)}.",
        },
        Storage + """
        var radios = root.querySelectorAll("input"), button = root.querySelector("button"), verdict = root.querySelector(".verdict"), score = root.querySelector(".score");
        function show(choice) {
          var c = data.choices[choice];
          verdict.textContent = "";
          verdict.style.borderColor = c.right ? "RIGHT" : "WRONG";
          var head = document.createElement("b"); head.textContent = (c.right ? "✓ Right. " : "✗ Not yet. ");
          verdict.appendChild(head); verdict.appendChild(document.createTextNode(c.why));
          var more = document.createElement("p"); more.style.margin = ".4em 0 0"; more.textContent = c.right ? data.explanation : data.reread;
          verdict.appendChild(more);
          verdict.hidden = false;
        }
        function total() {
          var all = read(), right = 0, mine = all[data.id];
          for (var id in all) if (all[id].right && id.slice(0, id.lastIndexOf("-") + 1) === data.series) right++;
          score.textContent = (mine ? (mine.right ? "✓ answered" : "✗ tried") + (mine.tries > 1 ? " " + mine.tries + " times" : "") + " · " : "") + "score " + right + " of " + data.of;
        }
        take(data.id, data.stored);
        var known = read()[data.id];
        if (data.opens) known = data.stored;
        if (known && radios[known.choice]) { radios[known.choice].checked = true; show(known.choice); }
        radios.forEach(function (r) { r.addEventListener("change", function () { verdict.hidden = true; }); });
        button.addEventListener("click", function () {
          var choice = -1;
          radios.forEach(function (r, i) { if (r.checked) choice = i; });
          if (choice < 0) { verdict.style.borderColor = "#767676"; verdict.textContent = "Choose an answer first."; verdict.hidden = false; return; }
          var all = read(), before = all[data.id], right = data.choices[choice].right;
          all[data.id] = { choice: choice, right: right, tries: (before ? before.tries : 0) + 1, rightAtFirst: before ? before.rightAtFirst : right };
          write(all); show(choice);
        });
        listen(total); total();
        """.Replace("RIGHT", Figure.Colours[2], StringComparison.Ordinal).Replace("WRONG", Figure.Colours[3], StringComparison.Ordinal),
        $"Quiz, question {Question.Number}").ToHtml();

    internal static object? Plain(StoredAnswer? answer) => answer is null ? null : new { choice = answer.Choice, right = answer.Right, tries = answer.Tries, rightAtFirst = answer.RightAtFirst };

    // practice-7-21 belongs to practice-7-, a question of the lecture to none.
    private static string Series(string id) => id.StartsWith("practice-", StringComparison.Ordinal) ? id[..(id.LastIndexOf('-') + 1)] : "";

    private string Body()
    {
        // Radio buttons of one name are one group for the arrow keys; two copies of a card must not share it.
        var name = $"q-{Question.Id}-{Guid.NewGuid():N}";
        var html = new StringBuilder("<div style=\"border:1px solid rgba(128,128,128,.45);border-radius:8px;padding:.9em 1.1em;max-width:760px\">")
            .Append("<fieldset style=\"border:0;margin:0;padding:0;min-width:0\">")
            .Append($"<legend style=\"font-weight:600;padding:0;margin:0 0 .5em\"><span style=\"opacity:.75\">Question {Question.Number}.</span> {WebUtility.HtmlEncode(Question.Text)}</legend>");
        for (var i = 0; i < Question.Choices.Count; i++)
        {
            html.Append("<label style=\"display:flex;gap:.6em;align-items:baseline;padding:.28em 0;cursor:pointer\">")
                .Append($"<input type=\"radio\" name=\"{name}\" value=\"{i}\" style=\"accent-color:{Figure.Colours[0]}\">")
                .Append($"<span><b style=\"opacity:.75\">{Question.Letter(i)}</b>&ensp;{WebUtility.HtmlEncode(Question.Choices[i].Text)}</span></label>");
        }

        return html.Append("</fieldset><div style=\"display:flex;gap:1em;align-items:center;margin:.6em 0 0\">")
            .Append("<button type=\"button\" style=\"font:inherit;padding:.3em 1.2em;cursor:pointer\">Check</button>")
            .Append("<span class=\"score\" style=\"opacity:.75\"></span></div>")
            .Append("<div class=\"verdict\" role=\"status\" aria-live=\"polite\" hidden style=\"border-left:4px solid #767676;padding:.4em .9em;margin:.7em 0 0\"></div></div>")
            .ToString();
    }
}
