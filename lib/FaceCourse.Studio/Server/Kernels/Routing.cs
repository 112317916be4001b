using System.Text.Json;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>The little of a message's header that passing it on needs.</summary>
/// <param name="Type">Its <c>msg_type</c>, or empty.</param>
/// <param name="Session">Whose it is, or empty.</param>
internal readonly record struct Routing(string Type, string Session)
{
    /// <summary>Reads a header; whatever is wrong with it counts as missing.</summary>
    public static Routing Of(ReadOnlySpan<byte> header)
    {
        var (type, session) = ("", "");
        try
        {
            var reader = new Utf8JsonReader(header);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;

                var isType = reader.ValueTextEquals("msg_type"u8);
                var isSession = reader.ValueTextEquals("session"u8);
                reader.Read();
                if (reader.TokenType != JsonTokenType.String) continue;
                if (isType) type = reader.GetString()!;
                else if (isSession) session = reader.GetString()!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }

        return new Routing(type, session);
    }

    /// <summary>The <c>execution_state</c> in a status message's content, or null.</summary>
    public static string? State(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("execution_state"u8) && reader.Read() && reader.TokenType == JsonTokenType.String) return reader.GetString();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
