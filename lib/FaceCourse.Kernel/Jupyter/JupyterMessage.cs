using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>A message as it came, its signature checked.</summary>
/// <param name="Identities">Who sent it: goes in front of the answer.</param>
/// <param name="Type">Its <c>msg_type</c>.</param>
/// <param name="Header">Its header, the parent of the answer.</param>
/// <param name="Content">Its content.</param>
internal sealed record JupyterMessage(IReadOnlyList<byte[]> Identities, string Type, JsonObject Header, JsonObject Content);

/// <summary>Reads what a client put into a message, whatever it put there: a value of another type counts as missing.</summary>
internal static class ContentValues
{
    public static string Text(this JsonObject content, string name, string missing = "") =>
        content[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : missing;

    public static bool Flag(this JsonObject content, string name, bool missing) =>
        content[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : missing;

    public static int Number(this JsonObject content, string name, int missing) =>
        content[name] is JsonValue value && value.TryGetValue<double>(out var number) && number is > int.MinValue and < int.MaxValue ? (int)number : missing;
}
