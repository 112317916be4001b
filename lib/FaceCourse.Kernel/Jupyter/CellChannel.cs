using System.Text;
using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>A cell's outputs as messages that name the request they belong to.</summary>
internal sealed class CellChannel(Channels channels, InputChannel input, JupyterMessage request, int executionCount, bool silent, CancellationToken interrupted) : ICellOutput, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly bool _inputAllowed = request.Content.Flag("allow_stdin", false);
    private string _stream = "stdout";
    private Timer? _timer;

    /// <summary>Things to page, for the reply.</summary>
    public JsonArray Payload { get; } = [];

    /// <summary>The last expression's plain text, for the history.</summary>
    public string? ResultText { get; private set; }

    // Text is gathered for a moment: a loop that writes ten thousand lines is a few messages, not ten thousand.
    public void Stream(string name, string text)
    {
        if (silent) return;

        lock (_gate)
        {
            if (name != _stream) FlushText();
            _stream = name;
            if (_text.Length == 0) (_timer ??= new Timer(_ => Flush())).Change(Pause, Timeout.InfiniteTimeSpan);
            _text.Append(text);
        }
    }

    public void Display(MimeBundle data, string? displayId) => Publish("display_data", data, Transient(displayId));

    public void Update(MimeBundle data, string displayId) => Publish("update_display_data", data, Transient(displayId));

    public void Result(MimeBundle data)
    {
        ResultText = data.Data["text/plain"] is JsonValue plain ? plain.ToString() : null;
        Publish("execute_result", data, new JsonObject { ["execution_count"] = executionCount });
    }

    public void Page(MimeBundle data) => Payload.Add((JsonNode)new JsonObject { ["source"] = "page", ["data"] = data.Data.DeepClone(), ["start"] = 0 });

    public void Error(CellError error) => Send("error", ErrorContent(error));

    public void Clear(bool wait) => Send("clear_output", new JsonObject { ["wait"] = wait });

    public string ReadLine(string prompt, bool password)
    {
        if (!_inputAllowed) throw new InputNotAllowedException();

        Flush();
        return input.Ask(request, prompt, password, interrupted);
    }

    /// <summary>Sends the text gathered so far.</summary>
    public void Flush()
    {
        lock (_gate) FlushText();
    }

    public void Dispose()
    {
        Flush();
        lock (_gate) _timer?.Dispose();
        _timer = null;
    }

    public static JsonObject ErrorContent(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(l => (JsonNode)l)]),
    };

    private static JsonObject Transient(string? displayId) =>
        new() { ["transient"] = displayId is null ? new JsonObject() : new JsonObject { ["display_id"] = displayId } };

    private void Publish(string type, MimeBundle bundle, JsonObject content)
    {
        content["data"] = bundle.Data.DeepClone();
        content["metadata"] = bundle.Metadata.DeepClone();
        Send(type, content);
    }

    private void Send(string type, JsonObject content)
    {
        if (silent) return;

        lock (_gate)
        {
            FlushText();
            channels.Publish(type, request.Header, content);
        }
    }

    private void FlushText()
    {
        if (_text.Length == 0) return;

        channels.Publish("stream", request.Header, new JsonObject { ["name"] = _stream, ["text"] = _text.ToString() });
        _text.Clear();
    }
}
