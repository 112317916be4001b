using System.Text.Json.Nodes;
using FaceCourse.Quiz;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Course;

/// <summary>The lecture's questions and the student's answers, for the page's side panel; the same file that cells write to.</summary>
internal sealed class QuizDesk(string? progressFile = null)
{
    public JsonObject Tell()
    {
        var answers = QuizProgress.Load(progressFile).Answers;
        return new JsonObject
        {
            ["questions"] = new JsonArray([.. LectureQuestions.All.Select(q => (JsonNode)new JsonObject
            {
                ["id"] = q.Id,
                ["number"] = q.Number,
                ["section"] = q.Section.Number,
                ["text"] = q.Text,
                ["explanation"] = q.Explanation,
                ["choices"] = new JsonArray([.. q.Choices.Select(c => (JsonNode)new JsonObject { ["text"] = c.Text, ["why"] = c.Why, ["right"] = c.Right })]),
            })]),
            ["answers"] = new JsonObject(LectureQuestions.All.Where(q => answers.ContainsKey(q.Id)).Select(q => KeyValuePair.Create<string, JsonNode?>(q.Id, Plain(answers[q.Id])))),
        };
    }

    /// <summary>Judges a choice and keeps it.</summary>
    public JsonObject Keep(string id, JsonNode? body)
    {
        var question = LectureQuestions.All.FirstOrDefault(q => q.Id == id)
            ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is no question {id}: the lecture has the questions 1 to {LectureQuestions.All.Count}.");
        if (body is not JsonObject o || o["choice"] is not JsonValue value || !value.TryGetValue<int>(out var choice) || choice < 0 || choice >= question.Choices.Count)
            throw new ApiException(StatusCodes.Status400BadRequest, $"Send {{\"choice\": n}} with n from 0 to {question.Choices.Count - 1}.");
        return Plain(QuizProgress.Load(progressFile).Keep(question.Grade(choice)));
    }

    private static JsonObject Plain(StoredAnswer answer) =>
        new() { ["choice"] = answer.Choice, ["right"] = answer.Right, ["tries"] = answer.Tries, ["rightAtFirst"] = answer.RightAtFirst };
}
