using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetMQ;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>Jupyter messages to and from ZeroMQ frames: identities, a delimiter, the signature, four JSON dictionaries.</summary>
internal sealed class Wire(string key)
{
    private const int MostDepth = 128;
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonSerializerOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MostDepth };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MostDepth, AllowDuplicateProperties = false };
    private static readonly byte[] Empty = "{}"u8.ToArray();

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly string _session = Guid.NewGuid().ToString();
    private long _sent;

    /// <summary>The session that messages of <see cref="Write"/> name.</summary>
    public string Session => _session;

    /// <summary>Reads a message; null, with the reason, when it is not one or its signature is wrong.</summary>
    public JupyterMessage? Read(NetMQMessage frames, out string reason)
    {
        if (ReadRaw(frames, out reason) is not { } raw) return null;

        try
        {
            if (JsonNode.Parse(raw.Header, documentOptions: Strict) is not JsonObject header || header.Text("msg_type") is not { Length: > 0 } type)
            {
                reason = "a message without msg_type";
                return null;
            }

            var content = JsonNode.Parse(raw.Content, documentOptions: Strict) as JsonObject ?? [];
            return new JupyterMessage([.. Enumerable.Range(0, Parts(frames)).Select(i => frames[i].ToByteArray(true))], type, header, content);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            reason = $"a message that is no JSON ({e.Message})";
            return null;
        }
    }

    /// <summary>Takes a message apart without reading it; null, with the reason, when it is not one or its signature is wrong.</summary>
    public RawMessage? ReadRaw(NetMQMessage frames, out string reason)
    {
        var delimiter = Parts(frames);
        if (delimiter < 0)
        {
            reason = "a message without delimiter or parts";
            return null;
        }

        var parts = Enumerable.Range(delimiter + 2, 4).Select(i => frames[i].ToByteArray(true)).ToArray();
        if (_key.Length > 0 && !CryptographicOperations.FixedTimeEquals(Sign(parts), frames[delimiter + 1].ToByteArray(true)))
        {
            reason = "a message whose signature is missing or wrong";
            return null;
        }

        reason = "";
        return new RawMessage(parts[0], parts[1], parts[2], parts[3], [.. Enumerable.Range(delimiter + 6, frames.FrameCount - delimiter - 6).Select(i => frames[i].ToByteArray(true))]);
    }

    /// <summary>Signs a message that somebody else put together.</summary>
    public NetMQMessage WriteRaw(RawMessage raw)
    {
        byte[][] parts = [raw.Header, raw.ParentHeader, raw.Metadata, raw.Content];
        var message = new NetMQMessage();
        message.Append(Delimiter);
        message.Append(_key.Length > 0 ? Sign(parts) : []);
        foreach (var part in parts) message.Append(part);
        foreach (var buffer in raw.Buffers) message.Append(buffer);
        return message;
    }

    /// <summary>Builds an answer (or a broadcast, when <paramref name="identities"/> is a topic).</summary>
    public NetMQMessage Write(IEnumerable<byte[]> identities, string type, JsonObject? parent, JsonObject content, JsonObject? metadata = null)
    {
        var header = new JsonObject
        {
            ["msg_id"] = $"{_session}_{Interlocked.Increment(ref _sent)}",
            ["session"] = _session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"),
            ["msg_type"] = type,
            ["version"] = JupyterKernel.ProtocolVersion,
        };
        byte[][] parts = [Bytes(header), parent is null ? Empty : Bytes(parent), metadata is null ? Empty : Bytes(metadata), Bytes(content)];
        var message = new NetMQMessage();
        foreach (var identity in identities) message.Append(identity);
        message.Append(Delimiter);
        message.Append(_key.Length > 0 ? Sign(parts) : []);
        foreach (var part in parts) message.Append(part);
        return message;
    }

    // Where the delimiter stands, with a signature and four parts behind it; -1 without.
    private static int Parts(NetMQMessage frames)
    {
        var delimiter = 0;
        while (delimiter < frames.FrameCount && !frames[delimiter].ToByteArray(true).AsSpan().SequenceEqual(Delimiter)) delimiter++;
        return frames.FrameCount < delimiter + 6 ? -1 : delimiter;
    }

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Layout);

    private byte[] Sign(byte[][] parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts) hash.AppendData(part);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
