using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FaceCourse.Studio.Server.Course;

/// <summary>What the page asks of the course and no notebook client ever would.</summary>
internal static class CourseApi
{
    public static void Map(IEndpointRouteBuilder app, NotebookList notebooks, ProgressFile progress, AssetDesk assets, StatusReport status, QuizDesk quiz)
    {
        app.MapGet("/course/notebooks", c => Answer.JsonAsync(c, notebooks.List()));
        app.MapPost("/course/reset/{**file}", async c => await Answer.JsonAsync(c, await notebooks.ResetAsync(Rest(c, "file"))));
        app.MapGet("/course/progress", c => Answer.JsonAsync(c, progress.Read()));
        app.MapPut("/course/progress", async c => await Answer.JsonAsync(c, await progress.ReplaceAsync(await Answer.BodyAsync(c))));
        app.MapPatch("/course/progress", async c => await Answer.JsonAsync(c, await progress.MergeAsync(await Answer.BodyAsync(c))));
        app.MapGet("/course/status", async c => await Answer.JsonAsync(c, await status.TellAsync()));
        app.MapGet("/course/quiz", c => Answer.JsonAsync(c, quiz.Tell()));
        app.MapPost("/course/quiz/{id}", async c => await Answer.JsonAsync(c, quiz.Keep(Rest(c, "id"), await Answer.BodyAsync(c))));
        app.MapPost("/course/assets/{**name}", c =>
        {
            assets.Begin(Rest(c, "name"));
            return Answer.NothingAsync(c, StatusCodes.Status202Accepted);
        });
        app.MapDelete("/course/assets/{**name}", c =>
        {
            assets.Stop(Rest(c, "name"));
            return Answer.NothingAsync(c);
        });
    }

    private static string Rest(HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";
}
