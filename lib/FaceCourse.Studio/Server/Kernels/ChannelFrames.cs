using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FaceCourse.Kernel.Jupyter;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>A message as one WebSocket frame, in the two framings that clients speak.</summary>
/// <remarks>
/// <c>v1.kernel.websocket.jupyter.org</c>: a count, that many offsets (little-endian, 64 bits; the last is the end), then channel, header, parent header,
/// metadata, content, buffers. The older one: a JSON text; with buffers a binary frame of a count and offsets (big-endian, 32 bits), the JSON, the buffers.
/// </remarks>
internal static class ChannelFrames
{
    /// <summary>The name of the newer framing.</summary>
    public const string V1 = "v1.kernel.websocket.jupyter.org";

    private const int MostParts = 1024;
    private static readonly string[] Channels = ["shell", "control", "stdin"];

    /// <summary>Reads a client's frame; null when it is malformed.</summary>
    public static (string Channel, RawMessage Message)? Read(ReadOnlyMemory<byte> frame, bool binary, bool v1)
    {
        try
        {
            var found = v1 && binary ? ReadV1(frame) : binary ? ReadOldBinary(frame) : ReadText(frame, []);
            return found is var (channel, message) && Channels.Contains(channel) && Routing.Of(message.Header).Type.Length > 0 ? found : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes a frame for a client.</summary>
    /// <returns>The bytes, and whether they are a binary frame.</returns>
    public static (ReadOnlyMemory<byte> Frame, bool Binary) Write(string channel, RawMessage message, bool v1)
    {
        if (v1) return (WriteV1(channel, message), true);

        var text = WriteText(channel, message);
        return message.Buffers.Count == 0 ? (text, false) : (WriteOldBinary(text, message.Buffers), true);
    }

    private static (string, RawMessage)? ReadV1(ReadOnlyMemory<byte> frame)
    {
        var span = frame.Span;
        var count = span.Length < 8 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(span);
        if (count is < 6 or > MostParts || count > (ulong)(span.Length / 8 - 1)) return null;

        var parts = new ReadOnlyMemory<byte>[(int)count - 1];
        for (var i = 0; i < parts.Length; i++)
        {
            var start = BinaryPrimitives.ReadUInt64LittleEndian(span[(8 * (i + 1))..]);
            var end = BinaryPrimitives.ReadUInt64LittleEndian(span[(8 * (i + 2))..]);
            if (start < 8 * (count + 1) || end < start || end > (ulong)span.Length) return null;
            parts[i] = frame[(int)start..(int)end];
        }

        for (var i = 1; i < 5; i++)
        {
            if (!IsObject(parts[i].Span)) return null;
        }

        return (Encoding.UTF8.GetString(parts[0].Span), new RawMessage(parts[1].ToArray(), parts[2].ToArray(), parts[3].ToArray(), parts[4].ToArray(), [.. parts[5..].Select(p => p.ToArray())]));
    }

    private static (string, RawMessage)? ReadOldBinary(ReadOnlyMemory<byte> frame)
    {
        var span = frame.Span;
        var count = span.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(span);
        if (count is < 1 or > MostParts || span.Length < 4 * (count + 1)) return null;

        var parts = new ReadOnlyMemory<byte>[(int)count];
        for (var i = 0; i < parts.Length; i++)
        {
            var start = BinaryPrimitives.ReadUInt32BigEndian(span[(4 * (i + 1))..]);
            var end = i + 1 < parts.Length ? BinaryPrimitives.ReadUInt32BigEndian(span[(4 * (i + 2))..]) : (uint)span.Length;
            if (start < 4 * (count + 1) || end < start || end > (uint)span.Length) return null;
            parts[i] = frame[(int)start..(int)end];
        }

        return ReadText(parts[0], [.. parts[1..].Select(p => p.ToArray())]);
    }

    private static (string, RawMessage)? ReadText(ReadOnlyMemory<byte> text, IReadOnlyList<byte[]> buffers)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Answer.MostDepth });
        var root = json.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("channel", out var channel) && channel.ValueKind == JsonValueKind.String
            ? (channel.GetString()!, new RawMessage(Part("header"), Part("parent_header"), Part("metadata"), Part("content"), buffers))
            : null;

        byte[] Part(string name) => root.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? Encoding.UTF8.GetBytes(part.GetRawText()) : "{}"u8.ToArray();
    }

    private static byte[] WriteV1(string channel, RawMessage message)
    {
        byte[][] parts = [Encoding.UTF8.GetBytes(channel), message.Header, message.ParentHeader, message.Metadata, message.Content, .. message.Buffers];
        var position = 8 * (parts.Length + 2);
        var frame = new byte[position + parts.Sum(p => p.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)parts.Length + 1);
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8 * (i + 1)), (ulong)position);
            parts[i].CopyTo(frame.AsSpan(position));
            position += parts[i].Length;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8 * (parts.Length + 1)), (ulong)position);
        return frame;
    }

    private static ReadOnlyMemory<byte> WriteText(string channel, RawMessage message)
    {
        var text = new ArrayBufferWriter<byte>((int)message.Length + 200);
        using var writer = new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("channel", channel);
        writer.WriteString("msg_type", Routing.Of(message.Header).Type);
        foreach (var (name, part) in new[] { ("header", message.Header), ("parent_header", message.ParentHeader), ("metadata", message.Metadata), ("content", message.Content) })
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(part, skipInputValidation: true);
        }

        writer.WriteStartArray("buffers");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return text.WrittenMemory;
    }

    private static byte[] WriteOldBinary(ReadOnlyMemory<byte> text, IReadOnlyList<byte[]> buffers)
    {
        ReadOnlyMemory<byte>[] parts = [text, .. buffers.Select(b => (ReadOnlyMemory<byte>)b)];
        var position = 4 * (parts.Length + 1);
        var frame = new byte[position + parts.Sum(p => p.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4 * (i + 1)), (uint)position);
            parts[i].CopyTo(frame.AsMemory(position));
            position += parts[i].Length;
        }

        return frame;
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Answer.MostDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read())
        {
        }

        return true;
    }
}
