using System.ComponentModel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Insight;

/// <summary>Completes code with the compiler's own knowledge of the session: no copy of it is kept for the purpose.</summary>
internal static class Completions
{
    private static readonly SymbolDisplayFormat SignatureFormat = SymbolDisplayFormat.MinimallyQualifiedFormat;
    private static readonly string[] Keywords =
    [
        .. SyntaxFacts.GetReservedKeywordKinds().Select(SyntaxFacts.GetText),
        "async", "await", "dynamic", "from", "get", "init", "nameof", "not", "or", "and", "orderby", "record", "required", "select", "set", "var", "when", "where", "with", "yield",
    ];

    /// <param name="model">The cell's meaning.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static CompletionResult Complete(SemanticModel model, int position, CancellationToken cancellationToken)
    {
        var root = model.SyntaxTree.GetRoot(cancellationToken);
        var text = model.SyntaxTree.GetText(cancellationToken);
        if (IsInLiteralOrComment(root, position)) return new CompletionResult([], position, position);

        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[start - 1])) start--;
        var prefix = text.ToString(new TextSpan(start, position - start));
        var token = root.FindToken(Math.Max(0, start - 1));
        var isMember = start > 0 && token.IsKind(SyntaxKind.DotToken) && token.Span.End <= start;
        var symbols = isMember ? Members(model, token, start) : Names(model, token, start, prefix);

        var items = symbols
            .Where(s => s.CanBeReferencedByName && s.Name.Length > 0 && s.Name[0] != '<' && Matches(s.Name, prefix) && IsMeantToBeSeen(s))
            .GroupBy(s => s.Name, StringComparer.Ordinal)
            .Select(Item);
        if (!isMember && prefix.Length > 0)
            items = items.Concat(Keywords.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => new CompletionItem(k, "keyword", "")));

        return new CompletionResult(
            [.. items.DistinctBy(i => i.Text, StringComparer.Ordinal)
                .OrderBy(i => i.Text.StartsWith(prefix, StringComparison.Ordinal) ? 0 : 1)
                .ThenBy(i => i.Text, StringComparer.OrdinalIgnoreCase)],
            start,
            position);
    }

    private static IEnumerable<ISymbol> Members(SemanticModel model, SyntaxToken dot, int position)
    {
        var owner = dot.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax binding => binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault()?.Expression,
            _ => null,
        };
        if (owner is null) return [];

        var symbol = model.GetSymbolInfo(owner).Symbol;
        if (symbol is INamespaceSymbol space) return model.LookupNamespacesAndTypes(position, space);
        if (symbol is ITypeSymbol named) return model.LookupStaticMembers(position, named).Concat(model.LookupNamespacesAndTypes(position, named));

        var type = model.GetTypeInfo(owner).Type;
        if (dot.Parent is MemberBindingExpressionSyntax && type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        if (type is null or IErrorTypeSymbol) return [];

        var members = model.LookupSymbols(position, type, includeReducedExtensionMethods: true).Where(m => !m.IsStatic && m is not ITypeSymbol);

        // `Color Color { get; }`: the name means the property and its type.
        return symbol is not null && symbol.Name == type.Name ? members.Concat(model.LookupStaticMembers(position, type)) : members;
    }

    private static IEnumerable<ISymbol> Names(SemanticModel model, SyntaxToken before, int position, string prefix)
    {
        if (before.Parent?.AncestorsAndSelf().OfType<UsingDirectiveSyntax>().Any() == true) return model.LookupNamespacesAndTypes(position);

        IEnumerable<ISymbol> symbols = model.LookupSymbols(position);
        if (before.IsKind(SyntaxKind.NewKeyword)) symbols = symbols.Where(s => s is INamespaceOrTypeSymbol and not INamedTypeSymbol { IsStatic: true });
        else if (prefix.Length == 0) symbols = symbols.Where(s => s is not INamespaceOrTypeSymbol); // all types there are would be no help
        return Initialisable(model, before, position).Concat(Parameters(model, before)).Concat(symbols);
    }

    // new Options { |
    private static IEnumerable<ISymbol> Initialisable(SemanticModel model, SyntaxToken before, int position) =>
        before.Parent is InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax creation } && model.GetTypeInfo(creation).Type is { } type
            ? model.LookupSymbols(position, type).Where(m => m is IPropertySymbol { SetMethod: not null, IsStatic: false } or IFieldSymbol { IsReadOnly: false, IsStatic: false })
            : [];

    // Train(epochs: 3, |
    private static IEnumerable<ISymbol> Parameters(SemanticModel model, SyntaxToken before)
    {
        if (before.Parent is not ArgumentListSyntax { Parent: { } call }) return [];

        var methods = call switch
        {
            InvocationExpressionSyntax invocation => model.GetMemberGroup(invocation.Expression),
            BaseObjectCreationExpressionSyntax creation when model.GetTypeInfo(creation).Type is INamedTypeSymbol type => [.. type.InstanceConstructors],
            _ => [],
        };
        return methods.OfType<IMethodSymbol>().SelectMany(m => m.Parameters);
    }

    private static CompletionItem Item(IGrouping<string, ISymbol> overloads)
    {
        var first = overloads.First();
        if (first is IParameterSymbol { ContainingSymbol: IMethodSymbol { Locations: [{ IsInMetadata: true }] } } parameter)
            return new CompletionItem($"{parameter.Name}:", "variable", parameter.ToDisplayString(SignatureFormat));

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

    // "writel" finds WriteLine, as "WL" does.
    private static bool Matches(string name, string prefix)
    {
        if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return prefix.Length > 1 && prefix.All(char.IsUpper) && name.Where(char.IsUpper).Take(prefix.Length).SequenceEqual(prefix);
    }

    private static bool IsMeantToBeSeen(ISymbol symbol) => !symbol.GetAttributes().Any(a =>
        a.AttributeClass?.Name == nameof(EditorBrowsableAttribute) && a.ConstructorArguments is [{ Value: (int)EditorBrowsableState.Never }]);

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
