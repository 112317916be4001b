using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Lets go of what replaced variables held.</summary>
/// <remarks>
/// <c>var x = …</c> in a second cell hides the first cell's <c>x</c>, but the first cell's object keeps its value for
/// ever: run a cell that holds 50 MB five hundred times, and memory is gone. A hidden variable can still be reached by
/// code that may run later (functions, lambdas, types of the cells that saw it); when there is none, it is cleared.
/// </remarks>
internal sealed class ShadowedVariables
{
    private readonly Dictionary<string, Variable> _visible = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reachableLater = new(StringComparer.Ordinal);

    /// <summary>Notes a cell that has started, and clears the variables it hides.</summary>
    public void Add(CSharpCompilation compilation, object state)
    {
        NoteLaterUses(compilation);
        foreach (var field in compilation.ScriptClass?.GetMembers().OfType<IFieldSymbol>() ?? [])
        {
            if (field.IsImplicitlyDeclared || field.IsConst) continue;
            if (state.GetType().GetField(field.MetadataName, BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is not { } runtime) continue;

            if (_visible.TryGetValue(field.Name, out var hidden) && !_reachableLater.Contains(hidden.Key)) hidden.Clear();
            _visible[field.Name] = new Variable(Key(field), runtime, runtime.IsStatic ? null : state);
        }
    }

    /// <summary>The variables that are not hidden.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Visible() =>
        _visible.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => (v.Key, v.Value.Field.FieldType, v.Value.Field.GetValue(v.Value.Owner)));

    private void NoteLaterUses(CSharpCompilation compilation)
    {
        var tree = compilation.SyntaxTrees[0];
        SemanticModel? model = null;
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (!RunsLater(name)) continue;

            model ??= compilation.GetSemanticModel(tree);
            if (model.GetSymbolInfo(name).Symbol is IFieldSymbol { ContainingType.IsScriptClass: true } field) _reachableLater.Add(Key(field));
        }
    }

    private static bool RunsLater(SyntaxNode node) => node.Ancestors().Any(a =>
        a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax
            or BasePropertyDeclarationSyntax or BaseTypeDeclarationSyntax or QueryExpressionSyntax);

    private static string Key(IFieldSymbol field) => $"{field.ContainingAssembly.Name}/{field.Name}";

    private sealed record Variable(string Key, FieldInfo Field, object? Owner)
    {
        public void Clear()
        {
            if (!Field.FieldType.IsValueType && !Field.IsInitOnly) Field.SetValue(Owner, null);
        }
    }
}
