using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Words compiler errors as a compiler does: where, which, what, and a caret under the faulty code.</summary>
internal static class CompileErrors
{
    private const int MostShown = 10;

    public static CellError Describe(CompileFailure failure)
    {
        var errors = failure.Errors;
        var source = failure.Compilation.SyntaxTrees[0].GetText();
        List<string> lines = [];
        HashSet<string> hints = new(StringComparer.Ordinal);
        foreach (var error in errors.Take(MostShown))
        {
            if (lines.Count > 0) lines.Add("");
            lines.Add(Sentence(error));
            lines.AddRange(Caret(error, source));
            if (CompileHints.For(error, failure.Compilation) is { } hint && hints.Add(hint)) lines.Add($"hint: {hint}");
        }

        if (errors.Count > MostShown) lines.Add($"… and {errors.Count - MostShown} more errors");
        return new CellError("CompilationError", Sentence(errors[0]), lines);
    }

    private static string Sentence(Diagnostic error)
    {
        var where = error.Location.GetLineSpan();
        var place = where.IsValid ? $"({where.StartLinePosition.Line + 1},{where.StartLinePosition.Character + 1}): " : "";
        return $"{place}error {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";
    }

    private static IEnumerable<string> Caret(Diagnostic error, SourceText source)
    {
        if (!error.Location.IsInSource || error.Location.SourceSpan.Start > source.Length) yield break;

        var line = source.Lines.GetLineFromPosition(error.Location.SourceSpan.Start);
        var text = line.ToString();
        var column = error.Location.SourceSpan.Start - line.Start;
        var length = Math.Max(1, Math.Min(error.Location.SourceSpan.End, line.End) - error.Location.SourceSpan.Start);

        // Tabs stay tabs in front of the caret, so that it stands under the code however wide a tab is.
        var indent = new string([.. text.Take(column).Select(c => c == '\t' ? '\t' : ' ')]);
        yield return $"    {text}";
        yield return $"    {indent}^{new string('~', length - 1)}";
    }
}
