using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Studio.Server.Contents;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Course;

/// <summary>What the student has done: one JSON object in <c>work/progress.json</c>, whose shape is the page's.</summary>
internal sealed class ProgressFile(CourseFolder folder)
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };
    private readonly OneAtATime _one = new();
    private readonly string _path = Path.Combine(folder.Work, CourseFolder.ProgressName);

    /// <summary>The object; empty when there is none, or when somebody broke the file.</summary>
    public JsonObject Read()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(_path)) as JsonObject ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return [];
        }
    }

    public Task<JsonObject> ReplaceAsync(JsonObject all) => WriteAsync(_ => all);

    /// <summary>Merges as RFC 7396 says: objects by name, null deletes, all else replaces.</summary>
    public Task<JsonObject> MergeAsync(JsonObject patch) => WriteAsync(now =>
    {
        Merge(now, patch);
        return now;
    });

    private Task<JsonObject> WriteAsync(Func<JsonObject, JsonObject> change) => _one.DoAsync(async () =>
    {
        var next = change(Read());
        var bytes = Encoding.UTF8.GetBytes(next.ToJsonString(Layout));
        if (bytes.Length > Answer.SmallBody) throw new ApiException(StatusCodes.Status413PayloadTooLarge, "The progress is larger than 1 MB.");

        await folder.Files.WriteAsync(_path, bytes);
        return next;
    });

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject part)
            {
                if (target[name] is not JsonObject) target[name] = new JsonObject();
                Merge((JsonObject)target[name]!, part);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
