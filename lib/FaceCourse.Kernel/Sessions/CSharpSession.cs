using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FaceCourse.Kernel.Compiling;
using FaceCourse.Kernel.Display;
using FaceCourse.Kernel.Insight;
using FaceCourse.Kernel.Magics;
using FaceCourse.Kernel.Packages;
using FaceCourse.Kernel.Running;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace FaceCourse.Kernel;

/// <summary>A C# notebook session: cells run one after another, each seeing what the ones before it declared.</summary>
/// <remarks>
/// Every cell is C# as in scripts: statements at top level, <c>await</c> anywhere, the last expression without a semicolon
/// is shown. <c>#r "nuget: Name, Version"</c> and <c>#r "file.dll"</c> bring libraries.
/// </remarks>
/// <example><code>
/// await using var session = new CSharpSession(new KernelOptions());
/// var result = await session.RunAsync("var x = 20 + 1; x * 2", output);
/// </code></example>
public sealed class CSharpSession : IAsyncDisposable
{
    private static readonly string[] UsualImports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Text",
        "System.Threading", "System.Threading.Tasks", "FaceCourse.Kernel", "FaceCourse.Kernel.CellHelpers",
    ];

    private const int MostImports = 16;

    private readonly KernelOptions _options;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, SourceText> _sources = new(StringComparer.Ordinal);
    private readonly Lazy<SubmissionChain> _chain;
    private readonly Lazy<SessionReferences> _references;
    private readonly CancellationTokenSource _disposed = new();
    private bool _started;
    private int _count;

    /// <summary>Creates a session; nothing is loaded before it is used.</summary>
    public CSharpSession(KernelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _chain = new(() => new SubmissionChain(
            FrameworkReferences.Framework.Concat(FrameworkReferences.Closure([.. options.References, typeof(CellHelpers).Assembly, typeof(Microsoft.AspNetCore.Html.IHtmlContent).Assembly])),
            UsualImports.Concat(options.Imports.Select(i => i.StartsWith("static ", StringComparison.Ordinal) ? i[7..] : i)).Distinct(StringComparer.Ordinal)));
        _references = new(() => new SessionReferences(_chain.Value, new PackageRestore(options.PackageCache ?? DefaultPackageCache(), options.WorkingDirectory), options.WorkingDirectory));
    }

    /// <summary>How many cells without a name of their own have been run, those that failed included.</summary>
    public int ExecutionCount => _count;

    /// <summary>Compiles and runs something trivial, so that the first cell does not wait for the compiler to load.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Start();
            if (_count > 0) return;

            var submission = _chain.Value.Compile("""foreach (var c in "") Console.Write($"{c}");""", "warm-up", out _, cancellationToken);
            if (submission is null) return;

            await _chain.Value.Start(submission).ConfigureAwait(false);
            _chain.Value.Keep(submission);
            ValueFormatter.Format(new object());
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Runs one cell; waits for the cells before it.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="output">Gets the outputs while the cell runs.</param>
    /// <param name="cancellationToken">Interrupts the cell: loops end, waits end, <see cref="CellHelpers.CellToken"/> is set.</param>
    /// <returns>How it ended; errors of the cell are part of the result (and went to <paramref name="output"/>), not exceptions.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the cell began.</exception>
    public Task<CellResult> RunAsync(string code, ICellOutput output, CancellationToken cancellationToken = default) =>
        RunAsync(code, output, null, cancellationToken);

    /// <inheritdoc cref="RunAsync(string, ICellOutput, CancellationToken)"/>
    /// <param name="code">The cell's text.</param>
    /// <param name="output">Gets the outputs while the cell runs.</param>
    /// <param name="name">What stack traces call the cell; <c>cell 1</c>, <c>cell 2</c> and so on when it is null.</param>
    /// <param name="cancellationToken">Interrupts the cell.</param>
    public async Task<CellResult> RunAsync(string code, ICellOutput output, string? name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);

        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var watch = Stopwatch.StartNew();
            Start();
            using var limit = new CancellationTokenSource();
            if (_options.CellTimeout is { } longest) limit.CancelAfter(longest);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, _disposed.Token);

            // The context is set in a method of its own: it must not flow back to the caller.
            var limited = new OutputLimit(output);
            var outcome = await RunInContextAsync(code, name ?? $"cell {++_count}", new CellContext(limited, SourceOf, stop.Token)).ConfigureAwait(false);
            if (outcome.Status == CellStatus.Interrupted && limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                outcome = outcome with { Status = CellStatus.TimedOut, Error = TimedOut(_options.CellTimeout!.Value) };
            if (outcome.Error is { } error) limited.Error(error);
            return outcome with { Elapsed = watch.Elapsed };
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>What could stand at the cursor.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public CompletionResult Complete(string code, int position, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        position = Math.Clamp(position, 0, code.Length);
        return CommandNames(code, position) ?? Completions.Complete(_chain.Value.Model(CSharpOf(code), cancellationToken), position, cancellationToken);
    }

    /// <summary>The declaration and documentation of what stands at the cursor, and a variable's value; null when it is nothing known.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public MimeBundle? Inspect(string code, int position, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        var symbols = Documentation.SymbolsAt(_chain.Value.Model(CSharpOf(code), cancellationToken), Math.Clamp(position, 0, code.Length));
        if (symbols.Count == 0) return null;

        var value = symbols[0] is IFieldSymbol { ContainingType.IsScriptClass: true } field
            ? _chain.Value.Variables().Where(v => v.Name == field.Name).Select(v => MagicCommands.Short(v.Value)).FirstOrDefault()
            : null;
        return Documentation.Describe(symbols, value);
    }

    /// <summary>Whether a text can be run as it stands, or goes on in the next line.</summary>
    public static Completeness CheckComplete(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var tree = CSharpSyntaxTree.ParseText(CSharpOf(code), SubmissionChain.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree)) return Completeness.Incomplete;
        return tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? Completeness.Invalid : Completeness.Complete;
    }

    /// <summary>Ends the session; a running cell is interrupted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested) return;

        await _disposed.CancelAsync().ConfigureAwait(false);
        await _oneAtATime.WaitAsync().ConfigureAwait(false);
        _oneAtATime.Dispose();
        _disposed.Dispose();
    }

    private static string CSharpOf(string code) => ReferenceLines.Blank(CellPart.OnlyCSharp(code));

    private static CompletionResult? CommandNames(string code, int position)
    {
        var start = code.LastIndexOf('\n', Math.Max(0, position - 1)) + 1;
        if (position < start) return null;

        var line = code[start..position];
        if (!line.StartsWith("#!", StringComparison.Ordinal) || line.Contains(' ', StringComparison.Ordinal)) return null;

        var items = CellPart.Commands.Where(c => c.Key.StartsWith(line, StringComparison.Ordinal)).Select(c => new CompletionItem(c.Key, "magic", c.Value));
        return new CompletionResult([.. items], start, position);
    }

    private void Start()
    {
        if (_started) return;

        ConsoleRouter.Install();
        StrayExceptions.Install();
        _options.Starting?.Invoke();
        _started = true;
    }

    private async Task<CellResult> RunInContextAsync(string code, string name, CellContext context)
    {
        CellContext.Current = context;
        try
        {
            return await RunTextAsync(code, name, context, depth: 0).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Interrupted.IsCancellationRequested)
        {
            return Interrupted();
        }
        catch (UnknownMagicException e)
        {
            return Failed("UnknownCommand", e.Message);
        }
        catch (PackageRestoreException e)
        {
            return Failed("PackageError", e.Message);
        }
        catch (Exception e) when (e is FileNotFoundException or BadImageFormatException or NotebookFormatException)
        {
            return Failed("ReferenceError", e.Message);
        }
    }

    private async Task<CellResult> RunTextAsync(string code, string name, CellContext context, int depth)
    {
        var watch = Stopwatch.StartNew();
        var timed = false;
        var result = new CellResult(CellStatus.Ok, null, null, default);
        foreach (var part in CellPart.Split(code))
        {
            switch (part.Kind)
            {
                case CellPart.CSharp:
                    var lines = ReferenceLines.Read(part.Text);
                    await _references.Value.AddAsync(lines, context.Output, context.Interrupted).ConfigureAwait(false);
                    result = await RunCodeAsync(lines.Code, name, context).ConfigureAwait(false);
                    break;
                case "time":
                    timed = true;
                    break;
                case "who":
                    context.Output.Display(MagicCommands.Who(_chain.Value.Variables()), null);
                    break;
                case "whos":
                    context.Output.Display(MagicCommands.Whos(_chain.Value.Variables()), null);
                    break;
                case "doc":
                    result = Page(part.Text, context);
                    break;
                case "import":
                    result = await ImportAsync(part.Text, context, depth).ConfigureAwait(false);
                    break;
                default:
                    context.Output.Display(MagicCommands.Shown(part), null);
                    break;
            }

            if (result.Status != CellStatus.Ok) break;
        }

        if (timed) context.Output.Display(MimeBundle.Of("text/plain", string.Create(CultureInfo.InvariantCulture, $"Wall time: {watch.Elapsed.TotalMilliseconds:0.####}ms")), null);
        return result;
    }

    private async Task<CellResult> ImportAsync(string file, CellContext context, int depth)
    {
        var path = Path.GetFullPath(file.Trim('"'), _options.WorkingDirectory);
        if (!File.Exists(path)) throw new FileNotFoundException($"#!import {file}: there is no file {path}. Paths are relative to the notebook's folder.");
        if (depth == MostImports) return Failed("ImportError", $"#!import {file}: files import each other in a circle.");

        var name = Path.GetFileName(path);
        if (Path.GetExtension(path) is not ".ipynb")
            return await RunTextAsync(await File.ReadAllTextAsync(path, context.Interrupted).ConfigureAwait(false), name, context, depth + 1).ConfigureAwait(false);

        var result = new CellResult(CellStatus.Ok, null, null, default);
        var number = 0;
        foreach (var cell in NotebookDocument.Load(path).Cells.Where(c => NotebookRunner.IsOurs(c) && !string.IsNullOrWhiteSpace(c.Source)))
        {
            result = await RunTextAsync(NotebookRunner.Code(cell), $"{name} cell {++number}", context, depth + 1).ConfigureAwait(false);
            if (result.Status != CellStatus.Ok) break;
        }

        return result;
    }

    private CellResult Page(string name, CellContext context)
    {
        if (Inspect(name, Math.Max(0, name.Length - 1), context.Interrupted) is not { } documentation)
            return Failed("UnknownName", $"#!doc: nothing here is called '{name}'.");

        context.Output.Page(documentation);
        return new CellResult(CellStatus.Ok, null, null, default);
    }

    private async Task<CellResult> RunCodeAsync(string code, string fileName, CellContext context)
    {
        var chain = _chain.Value;
        chain.LoadContext.Cell = context;
        var submission = chain.Compile(code, fileName, out var failure, context.Interrupted);
        if (submission is null)
            return new CellResult(CellStatus.Failed, null, CompileErrors.Describe(failure!), default);

        _sources[fileName] = SourceText.From(code);
        object? value = null;
        var (ended, stuck) = await CellThread.RunAsync(
            async () =>
            {
                value = await chain.Start(submission).ConfigureAwait(false);
                if (value is not null || submission.EndsInValue()) context.Output.Result(ValueFormatter.Format(value));
            },
            context.Interrupted).ConfigureAwait(false);
        chain.Keep(submission);

        if (ended is null) return Interrupted(stuck);
        if (ended.IsCompletedSuccessfully) return new CellResult(CellStatus.Ok, value, null, default);
        if (context.Interrupted.IsCancellationRequested) return Interrupted();

        var thrown = ended.IsCanceled ? new TaskCanceledException() : ended.Exception!.InnerException!;
        return new CellResult(CellStatus.Failed, null, CellFailures.Describe(thrown, SourceOf), default);
    }

    private SourceText? SourceOf(string file) => _sources.GetValueOrDefault(file);

    private static CellResult Failed(string name, string sentence) =>
        new(CellStatus.Failed, null, new CellError(name, sentence, [sentence]), default);

    private static CellResult Interrupted(bool stuck = false)
    {
        var sentence = stuck ? "The cell was told to stop, and its code did not." : "The cell was interrupted.";
        return new CellResult(CellStatus.Interrupted, null, new CellError("Interrupted", sentence, [sentence]), default, stuck);
    }

    private static CellError TimedOut(TimeSpan limit)
    {
        var sentence = $"The cell was stopped: it ran longer than its limit of {limit.TotalSeconds:0.###} s.";
        return new CellError("TimeLimit", sentence, [sentence]);
    }

    private static string DefaultPackageCache()
    {
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "facecourse", "packages");
    }
}
