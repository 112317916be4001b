using System.Text;

namespace FaceCourse.Kernel.Tests;

/// <summary>Keeps what a cell put out, in order.</summary>
internal sealed class RecordedOutput : ICellOutput
{
    private readonly Lock _gate = new();
    private readonly List<string> _events = [];
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private readonly List<MimeBundle> _displays = [];
    private readonly List<(string Id, MimeBundle Data)> _updates = [];

    public Func<string, string>? Answer { get; init; }

    public string Stdout { get { lock (_gate) return _stdout.ToString(); } }

    public string Stderr { get { lock (_gate) return _stderr.ToString(); } }

    public IReadOnlyList<string> Events { get { lock (_gate) return [.. _events]; } }

    public IReadOnlyList<MimeBundle> Displays { get { lock (_gate) return [.. _displays]; } }

    public IReadOnlyList<(string Id, MimeBundle Data)> Updates { get { lock (_gate) return [.. _updates]; } }

    public List<string?> DisplayIds { get; } = [];

    public MimeBundle? Value { get; private set; }

    public CellError? Failure { get; private set; }

    public string? Plain => (string?)Value?.Data["text/plain"];

    public void Stream(string name, string text)
    {
        lock (_gate)
        {
            (name == "stdout" ? _stdout : _stderr).Append(text);
            _events.Add($"{name}:{text}");
        }
    }

    public void Display(MimeBundle data, string? displayId)
    {
        lock (_gate)
        {
            _displays.Add(data);
            DisplayIds.Add(displayId);
            _events.Add($"display:{(string?)data.Data["text/plain"]}");
        }
    }

    public void Update(MimeBundle data, string displayId)
    {
        lock (_gate)
        {
            _updates.Add((displayId, data));
            _events.Add($"update:{(string?)data.Data["text/plain"]}");
        }
    }

    public void Result(MimeBundle data)
    {
        Value = data;
        lock (_gate) _events.Add("result");
    }

    public void Error(CellError error)
    {
        Failure = error;
        lock (_gate) _events.Add("error");
    }

    public void Clear(bool wait)
    {
        lock (_gate) _events.Add($"clear:{wait}");
    }

    public string ReadLine(string prompt, bool password) => Answer is null ? throw new InputNotAllowedException() : Answer(prompt);
}
