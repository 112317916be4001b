using System.Collections.Immutable;
using System.Diagnostics;
using FaceCourse.Kernel.Compiling;
using FaceCourse.Kernel.Display;
using FaceCourse.Kernel.Packages;
using FaceCourse.Kernel.Running;
using Microsoft.CodeAnalysis;
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

    private readonly KernelOptions _options;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, SourceText> _sources = new(StringComparer.Ordinal);
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

    /// <summary>How many cells have been run, those that failed included.</summary>
    public int ExecutionCount => _count;

    /// <summary>Compiles and runs something trivial, so that the first cell does not wait for the compiler to load.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Start();
            if (_chain.Value.Last is not null) return;

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
    public async Task<CellResult> RunAsync(string code, ICellOutput output, CancellationToken cancellationToken = default)
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
            var outcome = await RunInContextAsync(code, new CellContext(this, output, stop.Token)).ConfigureAwait(false);
            if (outcome.Status == CellStatus.Interrupted && limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                outcome = outcome with { Status = CellStatus.TimedOut, Error = TimedOut(_options.CellTimeout!.Value) };
            if (outcome.Error is { } error) output.Error(error);
            return outcome with { Elapsed = watch.Elapsed };
        }
        finally
        {
            _oneAtATime.Release();
        }
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

    private void Start()
    {
        if (_started) return;

        ConsoleRouter.Install();
        _options.Starting?.Invoke();
        _started = true;
    }

    private async Task<CellResult> RunInContextAsync(string code, CellContext context)
    {
        CellContext.Current = context;
        var fileName = $"cell {++_count}";
        try
        {
            var lines = ReferenceLines.Read(code);
            await _references.Value.AddAsync(lines, context.Output, context.Interrupted).ConfigureAwait(false);
            return await RunCodeAsync(lines.Code, fileName, context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Interrupted.IsCancellationRequested)
        {
            return Interrupted();
        }
        catch (Exception e) when (e is PackageRestoreException or FileNotFoundException or BadImageFormatException)
        {
            var name = e is PackageRestoreException ? "PackageError" : "ReferenceError";
            return new CellResult(CellStatus.Failed, null, new CellError(name, e.Message, [e.Message]), default);
        }
    }

    private async Task<CellResult> RunCodeAsync(string code, string fileName, CellContext context)
    {
        var chain = _chain.Value;
        var submission = chain.Compile(code, fileName, out ImmutableArray<Diagnostic> errors, context.Interrupted);
        var source = SourceText.From(code);
        if (submission is null)
            return new CellResult(CellStatus.Failed, null, CompileErrors.Describe(errors, source, firstLine: 0), default);

        _sources[fileName] = source;
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
        return new CellResult(CellStatus.Failed, null, CellFailures.Describe(thrown, file => _sources.GetValueOrDefault(file)), default);
    }

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
