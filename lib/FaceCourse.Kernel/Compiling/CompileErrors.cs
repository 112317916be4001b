using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Words compiler errors as a compiler does: where, which, what, and a caret under the faulty code.</summary>
internal static class CompileErrors
{
    private const int MostShown = 10;

    /// <param name="errors">At least one error.</param>
    /// <param name="source">The cell as it was written.</param>
    public static CellError Describe(IReadOnlyList<Diagnostic> errors, SourceText source)
    {
        List<string> lines = [];
        foreach (var error in errors.Take(MostShown))
        {
            if (lines.Count > 0) lines.Add("");
            lines.Add(Sentence(error));
            lines.AddRange(Caret(error, source));
            if (Hint(error) is { } hint) lines.Add($"hint: {hint}");
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

    private static string? Hint(Diagnostic error) => error.Id switch
    {
        "CS1002" => "a statement ends with ';'",
        "CS0103" => "is it spelled as where it was declared, and has that cell been run?",
        "CS0246" or "CS0234" => "a 'using' or a '#r \"nuget: …\"' line may be missing, or the cell that declares it has not been run",
        "CS4033" or "CS4032" => "mark the function 'async' to use 'await' in it",
        "CS0165" => "give it a value before it is read",
        "CS0029" or "CS0266" => "convert it explicitly, as in (float)x or x.ToString()",
        "CS1061" => "is a 'using' missing for an extension method, or is it another type than expected? Tab completes members",
        "CS7036" => "an argument is missing",
        _ => null,
    };
}
