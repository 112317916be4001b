using System.Text;

namespace FaceCourse.Kernel.Running;

/// <summary>Sends what a cell writes to the console to that cell's output, and everything else where it went before.</summary>
/// <remarks>Which cell is writing follows the flow of the code, not the clock: a task that outlives its cell still
/// writes to that cell.</remarks>
internal sealed class ConsoleRouter : TextWriter
{
    private static readonly Lock Gate = new();
    private static bool _installed;

    private readonly string _name;
    private readonly TextWriter _before;

    private ConsoleRouter(string name, TextWriter before) => (_name, _before) = (name, before);

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Takes over Console.Out, Console.Error and Console.In, once per process.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (_installed) return;

            _installed = true;
            Console.SetOut(new ConsoleRouter("stdout", Console.Out));
            Console.SetError(new ConsoleRouter("stderr", Console.Error));
            Console.SetIn(new Reader(Console.In));
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;

        if (CellContext.Current is { } cell) cell.Output.Stream(_name, value);
        else _before.Write(value);
    }

    public override void WriteLine() => Write(NewLine);

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(string.Concat(buffer, NewLine));

    public override void Flush()
    {
        if (CellContext.Current is null) _before.Flush();
    }

    private sealed class Reader(TextReader before) : TextReader
    {
        public override string? ReadLine() => CellContext.Current is { } cell ? cell.Output.ReadLine("", password: false) : before.ReadLine();

        public override int Read() => CellContext.Current is null ? before.Read() : throw OnlyLines();

        public override int Peek() => CellContext.Current is null ? before.Peek() : throw OnlyLines();

        private static NotSupportedException OnlyLines() => new("In a notebook, input comes in whole lines: use Console.ReadLine().");
    }
}
