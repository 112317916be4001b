using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Running;

/// <summary>Passes a cell's outputs on, and cuts what no page could show, with a note.</summary>
internal sealed class OutputLimit(ICellOutput inner) : ICellOutput
{
    private const int MostStreamed = 1 << 20;
    private const int MostPlain = 1 << 18;
    private const int MostRich = 64 << 20;
    private const int MostDisplays = 5_000;

    private int _streamed;
    private int _displayed;

    public void Stream(string name, string text)
    {
        var before = Interlocked.Add(ref _streamed, text.Length) - text.Length;
        if (before >= MostStreamed) return;

        inner.Stream(name, before + text.Length < MostStreamed
            ? text
            : $"{text[..Math.Min(text.Length, MostStreamed - before)]}\n… more than {MostStreamed} characters; the rest is left out\n");
    }

    public void Display(MimeBundle data, string? displayId)
    {
        var count = Interlocked.Increment(ref _displayed);
        if (count <= MostDisplays) inner.Display(Cut(data), displayId);
        else if (count == MostDisplays + 1) inner.Display(MimeBundle.Of("text/plain", $"… more than {MostDisplays} outputs; the rest is left out"), null);
    }

    public void Update(MimeBundle data, string displayId) => inner.Update(Cut(data), displayId);

    public void Result(MimeBundle data) => inner.Result(Cut(data));

    public void Page(MimeBundle data) => inner.Page(Cut(data));

    public void Error(CellError error) => inner.Error(error with { Message = Plain(error.Message), Traceback = [.. error.Traceback.Select(Plain)] });

    public void Clear(bool wait) => inner.Clear(wait);

    public string ReadLine(string prompt, bool password) => inner.ReadLine(prompt, password);

    private static MimeBundle Cut(MimeBundle bundle)
    {
        foreach (var (mimeType, node) in bundle.Data.ToList())
        {
            if (node is not JsonValue value || !value.TryGetValue<string>(out var text))
            {
                // A figure's JSON; a host that knows it would take it before anything else in the bundle.
                if (node is JsonObject or JsonArray && Length(node) > MostRich) bundle.Data.Remove(mimeType);
                continue;
            }

            if (mimeType == "text/plain") bundle.Data[mimeType] = Plain(text);
            else if (text.Length > MostRich) bundle.Data[mimeType] = $"… an output of {text.Length >> 20} MB is left out";
        }

        if (bundle.Data.Count == 0) bundle.Data["text/plain"] = $"… an output of more than {MostRich >> 20} MB is left out";
        return bundle;
    }

    private static long Length(JsonNode node)
    {
        using var writer = new Utf8JsonWriter(System.IO.Stream.Null);
        node.WriteTo(writer);
        return writer.BytesCommitted + writer.BytesPending;
    }

    private static string Plain(string text) =>
        text.Length <= MostPlain ? text : $"{text[..MostPlain]}\n… {text.Length - MostPlain} more characters are left out";
}
