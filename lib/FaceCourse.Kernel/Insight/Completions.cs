using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Recommendations;

namespace FaceCourse.Kernel.Insight;

/// <summary>Completes code with the compiler's own knowledge of the session: no copy of it is kept for the purpose.</summary>
internal sealed class Completions : IDisposable
{
    private static readonly SymbolDisplayFormat SignatureFormat = SymbolDisplayFormat.MinimallyQualifiedFormat;
    private static readonly string[] Keywords =
    [
        .. SyntaxFacts.GetReservedKeywordKinds().Select(SyntaxFacts.GetText),
        "async", "await", "dynamic", "from", "get", "init", "nameof", "not", "or", "and", "orderby", "record", "required", "select", "set", "var", "when", "where", "with", "yield",
    ];

    // Roslyn's recommender wants a workspace for its language services; it holds no project.
    private readonly AdhocWorkspace _workspace = new();

    /// <param name="model">The cell's meaning.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public CompletionResult Complete(SemanticModel model, int position, CancellationToken cancellationToken)
    {
        var root = model.SyntaxTree.GetRoot(cancellationToken);
        var text = model.SyntaxTree.GetText(cancellationToken);
        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[start - 1])) start--;
        if (IsInLiteralOrComment(root, position)) return new CompletionResult([], position, position);

        var prefix = text.ToString(new(start, position - start));
        var afterDot = PreviousCharacter(text, start) == '.';
#pragma warning disable CS0618 // the overload that takes a document would need the whole session as projects, compiled twice
        var symbols = Recommender.GetRecommendedSymbolsAtPosition(model, position, _workspace, cancellationToken: cancellationToken);
#pragma warning restore CS0618

        // Every type and namespace there is would be no help: they come once something has been typed.
        if (prefix.Length == 0 && !afterDot) symbols = symbols.Where(s => s is not INamespaceOrTypeSymbol);

        var items = symbols
            .Where(s => s.CanBeReferencedByName && s.Name.Length > 0 && !s.Name.StartsWith('<'))
            .GroupBy(s => s.Name, StringComparer.Ordinal)
            .Where(g => Matches(g.Key, prefix))
            .Select(Item);
        if (!afterDot && prefix.Length > 0)
            items = items.Concat(Keywords.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => new CompletionItem(k, "keyword", "")));

        return new CompletionResult(
            [.. items.DistinctBy(i => i.Text, StringComparer.Ordinal)
                .OrderBy(i => i.Text.StartsWith(prefix, StringComparison.Ordinal) ? 0 : 1)
                .ThenBy(i => i.Text, StringComparer.OrdinalIgnoreCase)],
            start,
            position);
    }

    public void Dispose() => _workspace.Dispose();

    private static CompletionItem Item(IGrouping<string, ISymbol> overloads)
    {
        var first = overloads.First();
        var more = overloads.Count() - 1;
        var signature = first is INamespaceSymbol ? "" : first.ToDisplayString(SignatureFormat) + (more > 0 ? $" (+ {more} overload{(more > 1 ? "s" : "")})" : "");
        return new CompletionItem(overloads.Key, Kind(first), signature);
    }

    private static string Kind(ISymbol symbol) => symbol switch
    {
        IMethodSymbol => "function",
        IPropertySymbol => "property",
        IEventSymbol => "event",
        IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "enum",
        IFieldSymbol { ContainingType.IsScriptClass: false } => "field",
        IFieldSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol => "variable",
        INamespaceSymbol => "module",
        INamedTypeSymbol { TypeKind: TypeKind.Interface } => "interface",
        INamedTypeSymbol { TypeKind: TypeKind.Enum } => "enum",
        INamedTypeSymbol { TypeKind: TypeKind.Struct } => "struct",
        _ => "class",
    };

    // "wrl" finds WriteLine, as "WL" does; what begins alike comes first.
    private static bool Matches(string name, string prefix)
    {
        if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return prefix.Length > 1 && prefix.All(char.IsUpper) && name.Where(char.IsUpper).Take(prefix.Length).SequenceEqual(prefix);
    }

    private static char PreviousCharacter(Microsoft.CodeAnalysis.Text.SourceText text, int position)
    {
        do position--;
        while (position >= 0 && char.IsWhiteSpace(text[position]));
        return position < 0 ? '\0' : text[position];
    }

    private static bool IsInLiteralOrComment(SyntaxNode root, int position)
    {
        if (position == 0) return false;

        var trivia = root.FindTrivia(position - 1);
        if (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)) return true;

        var token = root.FindToken(position - 1);
        return token.Span.Contains(position - 1)
            && token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.NumericLiteralToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken
            && !(token.IsKind(SyntaxKind.NumericLiteralToken) && token.Span.End < position);
    }
}
