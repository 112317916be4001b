using System.Text.Json.Nodes;

namespace FaceCourse.Kernel;

/// <summary>One thing in several forms, by MIME type; a host shows the richest it knows.</summary>
/// <param name="Data">Text by MIME type; JSON MIME types hold JSON, not text; pictures are base64.</param>
/// <param name="Metadata">Hints for the host, by MIME type; usually empty.</param>
public sealed record MimeBundle(JsonObject Data, JsonObject Metadata)
{
    /// <summary>A bundle of one form.</summary>
    public static MimeBundle Of(string mimeType, string text) => new(new JsonObject { [mimeType] = Node(mimeType, text) }, []);

    /// <summary>Whether a MIME type's value is JSON in notebook files and messages rather than a string.</summary>
    public static bool IsJson(string mimeType) =>
        mimeType == "application/json" || (mimeType.StartsWith("application/", StringComparison.Ordinal) && mimeType.EndsWith("+json", StringComparison.Ordinal));

    internal static JsonNode? Node(string mimeType, string text)
    {
        if (!IsJson(mimeType)) return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
