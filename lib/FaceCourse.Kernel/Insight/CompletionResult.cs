namespace FaceCourse.Kernel;

/// <summary>What could stand at a place in a cell.</summary>
/// <param name="Items">The candidates, the likeliest first.</param>
/// <param name="Start">Where the text they replace begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
public sealed record CompletionResult(IReadOnlyList<CompletionItem> Items, int Start, int End);

/// <summary>One candidate.</summary>
/// <param name="Text">What to insert.</param>
/// <param name="Kind">What it is, in Jupyter's words: <c>function</c>, <c>property</c>, <c>class</c>, <c>keyword</c>, …</param>
/// <param name="Signature">How it is declared, its overloads counted; may be empty.</param>
public sealed record CompletionItem(string Text, string Kind, string Signature);

/// <summary>Whether a text is a whole submission.</summary>
public enum Completeness
{
    /// <summary>It can be run.</summary>
    Complete,

    /// <summary>Something is still open.</summary>
    Incomplete,

    /// <summary>Nothing that could follow would make it right.</summary>
    Invalid,
}
