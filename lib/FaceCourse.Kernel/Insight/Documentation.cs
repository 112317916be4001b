using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FaceCourse.Kernel.Insight;

/// <summary>Says what the code under the cursor is: its declaration, its documentation, a variable's value.</summary>
internal static partial class Documentation
{
    private const int MostOverloads = 12;

    /// <summary>The symbol (or the overloads of a method) at a position; empty when there is none.</summary>
    public static IReadOnlyList<ISymbol> SymbolsAt(SemanticModel model, int position)
    {
        var root = model.SyntaxTree.GetRoot();
        var token = root.FindToken(Math.Min(position, Math.Max(0, root.FullSpan.End - 1)));
        if (!IsName(token) && position > 0 && root.FindToken(position - 1) is var before && before.Span.End >= position && (IsName(before) || !token.Span.Contains(position))) token = before;

        for (var node = token.Parent; node is not null; node = node.Parent)
        {
            // Within a call's parentheses the call is what is meant; on a name, the name.
            var asked = node switch
            {
                ArgumentListSyntax { Parent: InvocationExpressionSyntax call } => call.Expression,
                ArgumentListSyntax { Parent: BaseObjectCreationExpressionSyntax creation } => creation,
                _ when IsName(token) => node,
                _ => null,
            };
            if (asked is not null && Symbols(model, asked) is { Count: > 0 } found) return found;
            if (node is StatementSyntax) break;
        }

        return [];
    }

    /// <param name="symbols">At least one; the first is documented, the others are listed.</param>
    /// <param name="value">A variable's value in words, if there is one.</param>
    public static MimeBundle Describe(IReadOnlyList<ISymbol> symbols, string? value)
    {
        var plain = new StringBuilder();
        var html = new StringBuilder();
        foreach (var symbol in symbols.Take(MostOverloads))
        {
            var declaration = Declaration(symbol);
            plain.AppendLine(declaration);
            html.Append($"<pre style=\"margin:0\"><b>{WebUtility.HtmlEncode(declaration)}</b></pre>");
        }

        if (symbols.Count > MostOverloads) Paragraph("", $"… and {symbols.Count - MostOverloads} more overloads");
        if (value is not null) Paragraph("value: ", value);

        var documentation = symbols.Select(s => Comment(s)).FirstOrDefault(c => c is not null);
        if (documentation?.Element("summary") is { } summary) Paragraph("", Words(summary));
        foreach (var parameter in documentation?.Elements("typeparam").Concat(documentation.Elements("param")) ?? [])
            Paragraph($"{(string?)parameter.Attribute("name")}: ", Words(parameter));
        if (documentation?.Element("returns") is { } returns) Paragraph("returns: ", Words(returns));
        if (documentation?.Element("value") is { } about) Paragraph("", Words(about));
        foreach (var exception in documentation?.Elements("exception") ?? [])
            Paragraph($"throws {Cref((string?)exception.Attribute("cref"))}: ", Words(exception));
        if (documentation?.Element("remarks") is { } remarks) Paragraph("", Words(remarks));
        if (documentation?.Element("example") is { } example) Paragraph("example: ", Words(example));

        var bundle = MimeBundle.Of("text/plain", plain.ToString().TrimEnd());
        bundle.Data["text/html"] = html.ToString();
        return bundle;

        void Paragraph(string label, string text)
        {
            if (text.Length == 0) return;

            plain.AppendLine().AppendLine(label + text);
            html.Append($"<p style=\"margin:.5em 0 0\"><i>{WebUtility.HtmlEncode(label)}</i>{WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal)}</p>");
        }
    }

    private static bool IsName(SyntaxToken token) => token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsPredefinedType(token.Kind());

    private static List<ISymbol> Symbols(SemanticModel model, SyntaxNode node)
    {
        var info = model.GetSymbolInfo(node);
        var chosen = info.Symbol ?? model.GetDeclaredSymbol(node);
        var all = model.GetMemberGroup(node).Where(s => s is IMethodSymbol).ToList();
        if (all.Count == 0 && chosen is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
            all = [.. constructor.ContainingType.InstanceConstructors.Where(c => c.DeclaredAccessibility == Accessibility.Public)];
        if (all.Count == 0) all = [.. info.CandidateSymbols];
        if (chosen is not null) all = [chosen, .. all.Where(s => !SymbolEqualityComparer.Default.Equals(s, chosen))];
        return all;
    }

    private static string Declaration(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => $"{Word(type)} {type.ToDisplayString()}",
        INamespaceSymbol space => $"namespace {space.ToDisplayString()}",
        IFieldSymbol { ContainingType.IsScriptClass: true } variable => $"{variable.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {variable.Name}",
        IMethodSymbol { ContainingType.IsScriptClass: true } function => $"{function.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {function.ToDisplayString(ParametersOnly)}",
        _ => symbol.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat
            .AddMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeAccessibility)),
    };

    private static readonly SymbolDisplayFormat ParametersOnly = SymbolDisplayFormat.MinimallyQualifiedFormat.WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters);

    private static string Word(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Interface => "interface",
        TypeKind.Enum => "enum",
        TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
        TypeKind.Delegate => "delegate",
        _ => type.IsRecord ? "record" : type.IsStatic ? "static class" : "class",
    };

    private static XElement? Comment(ISymbol symbol)
    {
        for (var s = symbol; s is not null; s = Inherited(s))
        {
            var xml = s.OriginalDefinition.GetDocumentationCommentXml(expandIncludes: true);
            if (string.IsNullOrWhiteSpace(xml)) continue;

            try
            {
                var comment = XElement.Parse(xml, LoadOptions.PreserveWhitespace);
                if (comment.Element("inheritdoc") is null) return comment.Element("member") ?? comment;
            }
            catch (System.Xml.XmlException)
            {
                // A documentation file that is no XML says nothing.
                return null;
            }
        }

        return null;
    }

    private static ISymbol? Inherited(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } overridden } => overridden,
        IPropertySymbol { OverriddenProperty: { } overridden } => overridden,
        INamedTypeSymbol type => type.BaseType,
        _ => symbol.ContainingType?.AllInterfaces.SelectMany(i => i.GetMembers(symbol.Name))
            .FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(m), symbol)),
    };

    private static string Words(XElement element)
    {
        var text = new StringBuilder();
        Append(element);
        return Spaces().Replace(text.ToString(), " ").Replace("\v", "\n", StringComparison.Ordinal).Trim();

        void Append(XElement parent)
        {
            foreach (var node in parent.Nodes())
            {
                if (node is XText words) text.Append(words.Value);
                if (node is not XElement child) continue;

                if (child.Name.LocalName is "para" or "br" or "item" or "code") text.Append('\v');
                if (child.Name.LocalName is "see" or "seealso" or "paramref" or "typeparamref" && child.IsEmpty)
                    text.Append(Cref((string?)child.Attribute("cref") ?? (string?)child.Attribute("name") ?? (string?)child.Attribute("langword") ?? (string?)child.Attribute("href")));
                else if (child.Name.LocalName == "code") text.Append(child.Value.Trim().Replace("\n", "\v", StringComparison.Ordinal));
                else Append(child);
            }
        }
    }

    // T:System.Collections.Generic.List`1 is what a file says; List is what one reads.
    private static string Cref(string? reference)
    {
        if (reference is null) return "";
        if (reference.Length < 2 || reference[1] != ':') return reference;

        var name = reference[2..].Split('(')[0];
        return Arity().Replace(name[(name.LastIndexOf('.') + 1)..], "");
    }

    [GeneratedRegex(@"[ \t\r\n]+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
