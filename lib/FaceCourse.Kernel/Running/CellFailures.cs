using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Running;

/// <summary>Words an exception for the person who wrote the cell: their own line first, the engine's frames left out.</summary>
internal static class CellFailures
{
    private const int MostFrames = 30;

    /// <param name="exception">What the cell threw.</param>
    /// <param name="source">The text of a cell by the file name in its frames; null when there is none.</param>
    public static CellError Describe(Exception exception, Func<string, SourceText?> source)
    {
        List<string> lines = [];
        var shown = Unwrap(exception);
        for (var e = shown; e is not null; e = e.InnerException)
        {
            lines.Add($"{(ReferenceEquals(e, shown) ? "" : "caused by ")}{e.GetType().FullName}: {e.Message}");
            AddFrames(lines, e, source);
        }

        return new CellError(shown.GetType().Name, shown.Message, lines);
    }

    // `task.Result` and reflection wrap what really happened.
    private static Exception Unwrap(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => e,
    };

    private static void AddFrames(List<string> lines, Exception exception, Func<string, SourceText?> source)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();

        // Below the cell's outermost frame stands only what runs cells.
        var outermost = Array.FindLastIndex(frames, f => f.GetFileName() is { } file && source(file) is not null);
        var mine = (outermost < 0 ? frames : frames[..(outermost + 1)]).Where(IsShown).ToList();

        if (mine.Find(f => f.GetFileName() is { } file && source(file) is not null) is { } first)
        {
            lines.Add($"{first.GetFileName()}, line {first.GetFileLineNumber()}:");
            lines.AddRange(Excerpt(source(first.GetFileName()!)!, first.GetFileLineNumber()));
        }

        // A recursion is one line, however deep it was.
        var calls = new List<(StackFrame Frame, int Times)>();
        foreach (var frame in mine)
        {
            if (calls is [.., var (last, times)] && last.GetMethod() == frame.GetMethod() && last.GetILOffset() == frame.GetILOffset()) calls[^1] = (last, times + 1);
            else calls.Add((frame, 1));
        }

        lines.AddRange(calls.Take(MostFrames).Select(c => $"   at {Name(c.Frame)}{Place(c.Frame)}{(c.Times > 1 ? $" ({c.Times} times)" : "")}"));
        if (calls.Count > MostFrames) lines.Add($"   … and {calls.Count - MostFrames} more");
    }

    private static IEnumerable<string> Excerpt(SourceText text, int line)
    {
        for (var i = Math.Max(1, line - 1); i <= Math.Min(text.Lines.Count, line + 1); i++)
            yield return string.Create(CultureInfo.InvariantCulture, $"{(i == line ? "→" : " ")} {i,3} | {text.Lines[i - 1]}").TrimEnd();
    }

    private static bool IsShown(StackFrame frame)
    {
        if (frame.GetMethod() is not { } method) return false;
        if (method.IsDefined(typeof(StackTraceHiddenAttribute), false) || method.DeclaringType?.IsDefined(typeof(StackTraceHiddenAttribute), false) == true) return false;

        return method.DeclaringType is not { } type
            || (type.Assembly != typeof(CellFailures).Assembly
                && type.Namespace != typeof(TaskAwaiter).Namespace
                && type.Namespace != typeof(System.Runtime.ExceptionServices.ExceptionDispatchInfo).Namespace);
    }

    private static string Place(StackFrame frame) =>
        frame.GetFileName() is { } file && frame.GetFileLineNumber() > 0 ? $" in {Path.GetFileName(file)}, line {frame.GetFileLineNumber()}" : "";

    // The compiler's own names (Submission#3+<<Initialize>>d__0.MoveNext) are turned back into what was written.
    private static string Name(StackFrame frame)
    {
        var method = frame.GetMethod()!;
        var type = method.DeclaringType;
        var name = method.Name;
        if (type is not null && name == "MoveNext" && Between(type.Name) is { } stateMachine)
        {
            name = stateMachine;
            type = type.DeclaringType;
        }
        else if (Between(name) is { } compiled)
        {
            // <Outer>g__Local|0_0 is a local function, <Outer>b__0 a lambda.
            var local = name.IndexOf("g__", StringComparison.Ordinal);
            name = local < 0 ? $"lambda in {compiled}" : name[(local + 3)..].Split('|')[0];
            type = type?.DeclaringType ?? type;
        }

        name = name.Replace("<Initialize>", "the cell", StringComparison.Ordinal).Replace("<Factory>", "the cell", StringComparison.Ordinal);
        while (type is not null && type.Name.StartsWith('<')) type = type.DeclaringType;
        var prefix = type is null || type.FullName!.StartsWith("Submission#", StringComparison.Ordinal)
            ? type?.IsNested == true ? type.Name + "." : ""
            : type.FullName + ".";
        return name.EndsWith("the cell", StringComparison.Ordinal) ? name : $"{prefix}{name}({string.Join(", ", Parameters(method))})";
    }

    private static IEnumerable<string> Parameters(MethodBase method) => method.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}");

    private static string? Between(string name)
    {
        if (!name.StartsWith('<')) return null;

        var end = name.LastIndexOf('>');
        return end > 1 ? name[1..end] : null;
    }
}
