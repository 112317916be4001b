using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FaceCourse.Kernel.Compiling;

/// <summary>What to try after a compiler error: the name that was meant, the missing <c>using</c>, what cells do differently.</summary>
internal static partial class CompileHints
{
    /// <summary>One sentence without a full stop, or null.</summary>
    public static string? For(Diagnostic error, CSharpCompilation cell) => OfCells(error) ?? OfNames(error, cell) ?? error.Id switch
    {
        "CS1002" => "a statement ends with ';'",
        "CS0103" => "is it spelled as where it was declared, and has that cell been run?",
        "CS0246" or "CS0234" => "a 'using' or a '#r \"nuget: …\"' line may be missing, or the cell that declares it has not been run",
        "CS4033" or "CS4032" => "mark the function 'async' to use 'await' in it",
        "CS0165" => "give it a value before it is read",
        "CS0029" or "CS0266" => "convert it explicitly, as in (float)x or x.ToString()",
        "CS1061" => "is a 'using' missing for an extension method, or is it another type than expected? Tab completes members",
        "CS7036" => "an argument is missing",
        "CS8917" => "say the parameters' types, as in (int x) => x + 1",
        _ => null,
    };

    // What is C# in a program and not in a cell.
    private static string? OfCells(Diagnostic error)
    {
        if (!error.Location.IsInSource) return null;

        var text = error.Location.SourceTree!.GetText();
        var line = text.Lines.GetLineFromPosition(error.Location.SourceSpan.Start).ToString();
        if (error.Id == "CS8099") return "'#!import file' runs a .cs, .csx or .ipynb file here";
        if (error.Id == "CS7021") return "types need no namespace in a cell";
        if (UsingDeclaration().IsMatch(line)) return "a cell has no end at which to dispose: leave 'using' out, and the variable stays for later cells; or write 'using (var x = …) { … }'";
        return WithExpression().IsMatch(line) ? "in a cell, an expression with 'with' needs parentheses: (p with { X = 1 })" : null;
    }

    private static string? OfNames(Diagnostic error, CSharpCompilation cell)
    {
        if (error.Id is not ("CS0103" or "CS0246" or "CS0117" or "CS1061") || !error.Location.IsInSource) return null;

        var tree = error.Location.SourceTree!;
        if (tree.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true) is not SimpleNameSyntax name) return null;

        var written = name.Identifier.ValueText;
        var model = cell.GetSemanticModel(tree);
        if (error.Id is "CS0117" or "CS1061")
        {
            var owner = (name.Parent as MemberAccessExpressionSyntax)?.Expression;
            if (owner is null || (model.GetTypeInfo(owner).Type ?? model.GetSymbolInfo(owner).Symbol as ITypeSymbol) is not { } type) return null;
            return Meant(written, model.LookupSymbols(name.SpanStart, type, includeReducedExtensionMethods: true));
        }

        var places = Namespaces(cell.GlobalNamespace, written, cell).Take(3).ToList();
        if (places.Count > 0) return $"{written} is in {string.Join(" and in ", places)}: add 'using {places[0]};'";

        // Imported functions have so many names that one is near any variable: they are meant only where something is called.
        var isCalled = name.Parent is InvocationExpressionSyntax;
        var meant = Meant(written, model.LookupSymbols(name.SpanStart).Where(s => error.Id == "CS0246" ? s is INamespaceOrTypeSymbol : isCalled || s is not IMethodSymbol));
        return meant is not null && error.Id == "CS0103" ? $"{meant} If not, has the cell that declares {written} been run?" : meant;
    }

    private static string? Meant(string written, IEnumerable<ISymbol> symbols) =>
        Spelling.Closest(written, symbols.Where(s => s.CanBeReferencedByName).Select(s => s.Name).Distinct(StringComparer.Ordinal)) is { } name ? $"did you mean '{name}'?" : null;

    // Where a public type of this name lives; the shortest name is the likeliest.
    private static IEnumerable<string> Namespaces(INamespaceSymbol root, string type, CSharpCompilation cell) =>
        Below(root)
            .Where(n => !n.IsGlobalNamespace && n.GetTypeMembers(type).Any(t => t.DeclaredAccessibility == Accessibility.Public && cell.IsSymbolAccessibleWithin(t, cell.Assembly)))
            .Select(n => n.ToDisplayString())
            .OrderBy(n => n.Length);

    private static IEnumerable<INamespaceSymbol> Below(INamespaceSymbol space) => space.GetNamespaceMembers().SelectMany(Below).Prepend(space);

    [GeneratedRegex(@"^\s*(await\s+)?using\s+[\w<>\[\],.?]+\s+\w+\s*=")]
    private static partial Regex UsingDeclaration();

    [GeneratedRegex(@"^\s*[\w.]+\s+with\s*\{")]
    private static partial Regex WithExpression();
}
