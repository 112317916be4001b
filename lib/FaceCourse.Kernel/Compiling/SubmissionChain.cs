using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel.Compiling;

/// <summary>The cells compiled so far, each seeing the ones before it.</summary>
/// <remarks>
/// Built on script compilations directly rather than on <c>CSharpScript</c>: so a cell's tree can be rewritten before it
/// is emitted (<see cref="LoopGuard"/>), errors can point into the text, and the values of variables that nothing can
/// reach any more can be let go (<see cref="ShadowedVariables"/>).
/// </remarks>
internal sealed class SubmissionChain
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false);

    private ImmutableArray<MetadataReference> _references = [];
    private readonly HashSet<string> _referenced = new(StringComparer.OrdinalIgnoreCase);
    private readonly ImmutableArray<string> _imports;
    private readonly string _prefix = $"cell-{Guid.NewGuid():N}-";
    private readonly ShadowedVariables _shadowed = new();
    private object?[] _states = new object?[64];
    private int _stateCount = 1; // slot 0 is the host object, which cells do not have
    private int _number;

    public SubmissionChain(IEnumerable<string> files, IEnumerable<string> imports)
    {
        _references = [.. files.Where(f => _referenced.Add(Path.GetFileNameWithoutExtension(f))).Select(FrameworkReferences.For)];
        _imports = [.. imports];
    }

    public static CSharpParseOptions ParseOptions { get; } =
        new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    public SessionLoadContext LoadContext { get; } = new();

    public CSharpCompilation? Last { get; private set; }

    /// <summary>Lets the following cells refer to an assembly file; one of the same name that is there already stays.</summary>
    public bool AddReference(string file)
    {
        if (!_referenced.Add(Path.GetFileNameWithoutExtension(file))) return false;

        _references = _references.Add(FrameworkReferences.For(file));
        return true;
    }

    public bool HasReference(string simpleName) => _referenced.Contains(simpleName);

    /// <summary>Compiles a cell. On errors nothing changes.</summary>
    /// <param name="code">The cell's C#.</param>
    /// <param name="fileName">What stack traces call the cell.</param>
    /// <param name="errors">The compiler's errors, in the order of the text; empty when it succeeded.</param>
    /// <param name="cancellationToken">Stops the compilation.</param>
    public Submission? Compile(string code, string fileName, out ImmutableArray<Diagnostic> errors, CancellationToken cancellationToken)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Utf8), ParseOptions, fileName, cancellationToken);
        var written = Compilation(tree);
        if (tree.GetDiagnostics(cancellationToken).Any(d => d.Severity == DiagnosticSeverity.Error))
        {
            errors = Errors(written, cancellationToken);
            return null;
        }

        var guarded = LoopGuard.Rewrite(tree, ParseOptions, Utf8);
        var compilation = ReferenceEquals(guarded, tree) ? written : Compilation(guarded);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancellationToken);
        if (!emitted.Success)
        {
            errors = Errors(written, cancellationToken);
            if (errors.IsEmpty) errors = [.. emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];

            // Nothing but usings and comments: there is nothing to emit, and the usings count for the next cells.
            return errors.IsEmpty ? new Submission(written, static _ => Task.FromResult<object>(null!)) : null;
        }

        errors = [];
        assembly.Position = symbols.Position = 0;
        var loaded = LoadContext.LoadFromStream(assembly, symbols);
        var entry = compilation.GetEntryPoint(cancellationToken)!;
        var type = loaded.GetType(entry.ContainingType.MetadataName, throwOnError: true)!;
        var factory = type.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        _number++;
        return new Submission(compilation, factory.CreateDelegate<Func<object?[], Task<object>>>());
    }

    /// <summary>What a text would mean as the next cell.</summary>
    public SemanticModel Model(string code, CancellationToken cancellationToken)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Utf8), ParseOptions, "", cancellationToken);
        return Compilation(tree).GetSemanticModel(tree);
    }

    /// <summary>Starts a compiled cell; returns when its synchronous part has ended.</summary>
    public Task<object> Start(Submission submission)
    {
        if (_stateCount + 1 >= _states.Length) Array.Resize(ref _states, _states.Length * 2);
        return submission.Factory(_states);
    }

    /// <summary>Makes a started cell part of what the next ones see: also when it threw, with what it had declared.</summary>
    public void Keep(Submission submission)
    {
        var hasState = _states[_stateCount] is not null;
        var hasCode = ((CompilationUnitSyntax)submission.Compilation.SyntaxTrees[0].GetRoot()).Members.Count > 0;

        // A cell that failed before its first line (an assembly would not load) left no state for later cells to refer to.
        if (hasCode && !hasState) return;

        Last = submission.Compilation;
        if (!hasState) return;

        _shadowed.Add(submission.Compilation, _states[_stateCount]!);
        _stateCount++;
    }

    /// <summary>The variables that cells can see, newest first, with their values.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Variables() => _shadowed.Visible();

    private CSharpCompilation Compilation(SyntaxTree tree) => CSharpCompilation.CreateScriptCompilation(
        _prefix + _number.ToString(CultureInfo.InvariantCulture),
        tree,
        _references,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: $"Submission#{_number}",
            usings: Last is null ? _imports : [],
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default),
        Last);

    private static ImmutableArray<Diagnostic> Errors(CSharpCompilation compilation, CancellationToken cancellationToken) =>
        [.. compilation.GetDiagnostics(cancellationToken)
            .Where(d => d.Severity == DiagnosticSeverity.Error)
            .OrderBy(d => d.Location.SourceSpan.Start)];
}

/// <summary>A compiled cell, ready to start.</summary>
internal sealed record Submission(CSharpCompilation Compilation, Func<object?[], Task<object>> Factory)
{
    /// <summary>Whether the cell ends in an expression whose value is to be shown, null included.</summary>
    public bool EndsInValue()
    {
        var tree = Compilation.SyntaxTrees[0];
        if (tree.GetRoot() is not CompilationUnitSyntax { Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }] })
            return false;

        return Compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).ConvertedType is { SpecialType: not SpecialType.System_Void };
    }
}
