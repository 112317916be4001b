using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace FaceCourse.Assets;

/// <summary>The npm packages that <c>models/package.json</c> pins, restored once into a folder named after their lockfile.</summary>
internal sealed class NpmPackages
{
    private readonly AssetStoreOptions _options;
    private readonly string _folder;

    public NpmPackages(AssetStoreOptions options)
    {
        _options = options;
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(options.PackageJson + '\0' + options.PackageLock));
        _folder = Path.Combine(options.CacheFolder, "npm", Convert.ToHexStringLower(key)[..16]);
    }

    /// <summary>The folder that holds <c>node_modules</c> once restored; programs run in it find the packages.</summary>
    public string Folder => _folder;

    /// <summary>Where a restored package's file is; it need not exist.</summary>
    public string PathOf(AssetSource source) => Path.Combine(_folder, "node_modules", source.Npm!, source.Path);

    /// <summary>True when the packages have been restored at some time.</summary>
    public bool Restored => Directory.Exists(_folder);

    /// <summary>Runs <c>npm ci</c>, unless <paramref name="done"/> says that this process or another one just has.</summary>
    public async Task RestoreAsync(Func<bool> done, CancellationToken ct)
    {
        if (done()) return;
        using var only = await FileLock.TakeAsync(_folder + ".lock", ct);
        if (done()) return;

        // Restored beside its place and renamed, so that a folder of that name is always a complete one.
        var fresh = _folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        await File.WriteAllTextAsync(Path.Combine(fresh, "package.json"), _options.PackageJson, ct);
        await File.WriteAllTextAsync(Path.Combine(fresh, "package-lock.json"), _options.PackageLock, ct);

        _options.Notice?.Invoke("Restoring the face weights and sample photos from npm (once, a few seconds)…");
        await RunAsync(fresh, ct);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        Directory.Move(fresh, _folder);
    }

    private async Task RunAsync(string folder, CancellationToken ct)
    {
        // npm's own pauses between retries would keep somebody without a network waiting for more than a minute.
        var start = new ProcessStartInfo(_options.NpmCommand!,
            ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error",
             "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_options.NpmTimeout);

        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await output;
            if (process.ExitCode != 0) throw new AssetException($"npm ci failed with exit code {process.ExitCode} ({FirstLine(await errors)})");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new AssetException($"npm ci did not finish within {_options.NpmTimeout.TotalMinutes:0.##} minutes");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new AssetException($"npm was not found (\"{start.FileName}\"; install Node 20 or later)", e);
        }
    }

    // npm puts a code, a system call and an error number before the line a person can read.
    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(l => l.Replace("npm error ", "", StringComparison.Ordinal))
            .FirstOrDefault(l => l.Split(' ') is not ["code" or "syscall" or "errno", _]) ?? "it said nothing";
}
