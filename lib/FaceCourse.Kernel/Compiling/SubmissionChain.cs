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
    private readonly List<Link> _links = [];
    private object?[] _states = new object?[64];
    private int _number;

    public SubmissionChain(IEnumerable<string> files, IEnumerable<string> imports)
    {
        _references = [.. files.Where(f => _referenced.Add(Path.GetFileNameWithoutExtension(f))).Select(FrameworkReferences.For)];
        _imports = [.. imports];
    }

    public static CSharpParseOptions ParseOptions { get; } =
        new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    public SessionLoadContext LoadContext { get; } = new();

    private Link? Last => _links.Count == 0 ? null : _links[^1];

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
    /// <param name="failure">Why there is no submission; null when there is one.</param>
    /// <param name="cancellationToken">Stops the compilation.</param>
    public Submission? Compile(string code, string fileName, out CompileFailure? failure, CancellationToken cancellationToken)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Utf8), ParseOptions, fileName, cancellationToken);
        var written = Compilation(tree, Last);

        // What a text means that is no C# is guesswork: as in a compiler, its syntax is mended first.
        failure = Failure(written, tree.GetDiagnostics(cancellationToken));
        if (failure is not null) return null;

        var declared = Declared(written);
        var replaced = _links.AsEnumerable().Reverse().TakeWhile(l => l.Declared.IsSubsetOf(declared)).Count();
        var previous = replaced == 0 ? Last : replaced < _links.Count ? _links[^(replaced + 1)] : null;
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var compilation = Emit(LoopGuard.Rewrite(tree, ParseOptions, Utf8, () => written.GetSemanticModel(tree)), out var emitted);
        if (!emitted.Success)
        {
            failure = Failure(written, written.GetDiagnostics(cancellationToken));
            if (failure is not null) return null;

            // A lambda within a query of a data base has to stay an expression, and nothing in the text shows it.
            compilation = Emit(LoopGuard.Rewrite(tree, ParseOptions, Utf8, null), out emitted);
            failure = Failure(written, emitted.Diagnostics);
            if (failure is not null) return null;

            // Nothing but usings and comments: there is nothing to emit, and the usings count for the next cells.
            if (!emitted.Success) return new Submission(written, declared, 0, _references.Length, static _ => Task.FromResult<object>(null!));
        }

        assembly.Position = symbols.Position = 0;
        var loaded = LoadContext.LoadFromStream(assembly, symbols);
        var entry = compilation.GetEntryPoint(cancellationToken)!;
        var type = loaded.GetType(entry.ContainingType.MetadataName, throwOnError: true)!;
        var factory = type.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        _number++;
        return new Submission(compilation, declared, replaced, _references.Length, factory.CreateDelegate<Func<object?[], Task<object>>>());

        CSharpCompilation Emit(SyntaxTree guarded, out EmitResult result)
        {
            var candidate = ReferenceEquals(guarded, tree) && replaced == 0 ? written : Compilation(guarded, previous);
            assembly.SetLength(0);
            symbols.SetLength(0);
            result = candidate.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancellationToken);
            return candidate;
        }
    }

    /// <summary>What a text would mean as the next cell.</summary>
    public SemanticModel Model(string code, CancellationToken cancellationToken)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Utf8), ParseOptions, "", cancellationToken);
        return Compilation(tree, Last).GetSemanticModel(tree);
    }

    /// <summary>Starts a compiled cell; returns when its synchronous part has ended.</summary>
    public Task<object> Start(Submission submission)
    {
        var slot = Slot(submission);
        if (slot + 1 >= _states.Length) Array.Resize(ref _states, _states.Length * 2);
        submission.Replaced = _states[slot];
        _states[slot] = null;
        return submission.Factory(_states);
    }

    /// <summary>Makes a started cell part of what the next ones see: also when it threw, with what it had declared.</summary>
    public void Keep(Submission submission)
    {
        var slot = Slot(submission);
        var state = _states[slot];
        if (state is null && submission.HasCode)
        {
            // It failed before its first line (an assembly would not load): there is nothing for later cells to refer to.
            _states[slot] = submission.Replaced;
            return;
        }

        submission.Replaced = null;
        if (state is not null) _shadowed.Add(submission.Compilation, state);

        // The compiler's cost grows with the length of the chain. A cell that declares nothing need not be in it, nor one
        // whose every name the newest cell declares again: running a cell over and over costs nothing.
        if (submission.Declared.Count == 0)
        {
            _states[slot] = null;
            return;
        }

        _links.RemoveRange(_links.Count - submission.Replaces, submission.Replaces);
        _links.Add(new Link(submission.Compilation, submission.Declared, submission.References, state is not null));
        Array.Clear(_states, slot + 1, _states.Length - slot - 1);
    }

    /// <summary>The variables that cells can see, newest first, with their values.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Variables() => _shadowed.Visible();

    // Slot 0 is the host object, which cells do not have; a link without code has no slot.
    private int Slot(Submission submission) => 1 + _links.Take(_links.Count - submission.Replaces).Count(l => l.HasState);

    private static HashSet<string> Declared(CSharpCompilation compilation)
    {
        var root = (CompilationUnitSyntax)compilation.SyntaxTrees[0].GetRoot();
        var members = compilation.ScriptClass!.GetMembers().Where(m => !m.IsImplicitlyDeclared && m.CanBeReferencedByName).Select(m => m switch
        {
            IMethodSymbol method => method.ToDisplayString(),
            INamedTypeSymbol type => $"{type.Name}`{type.Arity}",
            _ => m.Name,
        });
        return [.. members, .. root.Usings.Select(u => u.ToString()), .. root.Externs.Select(e => e.ToString())];
    }

    // The compiler adds the previous cell's references to a cell's own, and does not look whether they are there already:
    // given all of them every time, the hundredth cell would have a hundred times as many. Each cell gets the new ones.
    private CSharpCompilation Compilation(SyntaxTree tree, Link? previous) => CSharpCompilation.CreateScriptCompilation(
        _prefix + _number.ToString(CultureInfo.InvariantCulture),
        tree,
        _references.Skip(previous?.References ?? 0),
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: $"Submission#{_number}",
            usings: previous is null ? _imports : [],
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default),
        previous?.Compilation);

    private static CompileFailure? Failure(CSharpCompilation compilation, IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start).ToList() is { Count: > 0 } errors
            ? new CompileFailure(errors, compilation)
            : null;

    private sealed record Link(CSharpCompilation Compilation, HashSet<string> Declared, int References, bool HasState);
}

/// <summary>Why a cell does not compile.</summary>
/// <param name="Errors">At least one error, in the order of the text.</param>
/// <param name="Compilation">The cell as it was written, after those before it.</param>
internal sealed record CompileFailure(IReadOnlyList<Diagnostic> Errors, CSharpCompilation Compilation);

/// <summary>A compiled cell, ready to start.</summary>
/// <param name="Compilation">What was compiled.</param>
/// <param name="Declared">The names it gives to later cells.</param>
/// <param name="Replaces">How many of the last cells have no name that this one does not declare again.</param>
/// <param name="References">How many assemblies it and the cells before it refer to.</param>
/// <param name="Factory">Runs it.</param>
internal sealed record Submission(CSharpCompilation Compilation, HashSet<string> Declared, int Replaces, int References, Func<object?[], Task<object>> Factory)
{
    /// <summary>What was in its slot, until it is kept.</summary>
    public object? Replaced { get; set; }

    public bool HasCode => ((CompilationUnitSyntax)Compilation.SyntaxTrees[0].GetRoot()).Members.Count > 0;

    /// <summary>Whether the cell ends in an expression whose value is to be shown, null included.</summary>
    public bool EndsInValue()
    {
        var tree = Compilation.SyntaxTrees[0];
        if (tree.GetRoot() is not CompilationUnitSyntax { Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }] })
            return false;

        return Compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).ConvertedType is { SpecialType: not SpecialType.System_Void };
    }
}
