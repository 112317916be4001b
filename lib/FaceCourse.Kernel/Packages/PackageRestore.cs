using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FaceCourse.Kernel.Packages;

/// <summary>A <c>#r "nuget: Name, Version"</c> line; without a version the newest stable one is meant.</summary>
internal sealed record PackageRequest(string Name, string? Version)
{
    public override string ToString() => Version is null ? Name : $"{Name}, {Version}";
}

/// <summary>The files a set of packages brings to this platform, dependencies included.</summary>
internal sealed record PackageFiles(IReadOnlyList<string> Compile, IReadOnlyList<string> Managed, IReadOnlyList<string> Native);

/// <summary>A package could not be restored; the message names it.</summary>
internal sealed class PackageRestoreException(string message) : Exception(message);

/// <summary>Restores packages with the .NET SDK, in a project kept in the user's cache and found again by its contents.</summary>
internal sealed partial class PackageRestore(string cacheFolder, string notebookFolder)
{
    private const string EmptyProject = "<Project />\n";

    /// <summary>Restores all packages together, so that their dependencies agree on versions.</summary>
    /// <exception cref="PackageRestoreException">A package is not to be had, or there is no SDK.</exception>
    public async Task<PackageFiles> RestoreAsync(IReadOnlyList<PackageRequest> packages, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        var project = Project(packages, sources);
        var folder = Path.Combine(cacheFolder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..24]);
        var assets = Path.Combine(folder, "obj", "project.assets.json");
        var newest = packages.Any(p => p.Version is null || p.Version.Contains('*', StringComparison.Ordinal));
        if (!newest && await TryReadAsync(assets, cancellationToken).ConfigureAwait(false) is { } known) return known;

        // Empty files keep whatever lies above the cache folder out of this project.
        Directory.CreateDirectory(folder);
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(folder, name), EmptyProject, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "packages.csproj"), project, cancellationToken).ConfigureAwait(false);

        var (exitCode, text) = await DotnetRestoreAsync(folder, cancellationToken).ConfigureAwait(false);
        if (exitCode == 0 && await TryReadAsync(assets, cancellationToken).ConfigureAwait(false) is { } files) return files;

        TryDelete(assets);
        throw new PackageRestoreException(Explain(packages, text));
    }

    private string Project(IReadOnlyList<PackageRequest> packages, IReadOnlyList<string> sources)
    {
        var text = new StringBuilder();
        text.AppendLine("<Project Sdk=\"Microsoft.NET.Sdk\">").AppendLine("  <PropertyGroup>");
        text.AppendLine($"    <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>");
        text.AppendLine($"    <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>");
        text.AppendLine("    <SelfContained>false</SelfContained>").AppendLine("    <UseAppHost>false</UseAppHost>").AppendLine("    <NuGetAudit>false</NuGetAudit>");
        text.AppendLine($"    <RestoreRootConfigDirectory>{SecurityElement.Escape(notebookFolder)}</RestoreRootConfigDirectory>");
        if (sources.Count > 0) text.AppendLine($"    <RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', sources))}</RestoreAdditionalProjectSources>");
        text.AppendLine("  </PropertyGroup>").AppendLine("  <ItemGroup>");
        foreach (var package in packages)
            text.AppendLine($"    <PackageReference Include=\"{SecurityElement.Escape(package.Name)}\" Version=\"{SecurityElement.Escape(package.Version ?? "*")}\" />");
        return text.AppendLine("  </ItemGroup>").AppendLine("</Project>").ToString();
    }

    private static async Task<(int ExitCode, string Text)> DotnetRestoreAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Dotnet(), ["restore", "packages.csproj", "--nologo", "--verbosity", "quiet", "-nodeReuse:false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // A host that was itself started by `dotnet run` or a test runner hands its MSBuild on; the SDK should find its own.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        using var process = StartOrExplain(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output.ConfigureAwait(false) + await error.ConfigureAwait(false));
    }

    private static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PackageRestoreException($"Packages are restored by the .NET SDK, which could not be started ({e.Message}). Install the .NET {Environment.Version.Major} SDK.");
        }
    }

    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }

    private static string Explain(IReadOnlyList<PackageRequest> packages, string text)
    {
        // file.csproj : error NU1101: Unable to find package X. No packages exist with this id in source(s): … [file.csproj]
        var errors = ErrorLine().Matches(text).Select(m => m.Groups[1].Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var blamed = packages.FirstOrDefault(p => errors.Any(e => e.Contains(p.Name, StringComparison.OrdinalIgnoreCase))) ?? packages[^1];
        var reason = errors.Count > 0 ? string.Join(" ", errors) : text.Trim();
        return $"The package \"{blamed}\" could not be restored: {reason}";
    }

    private static async Task<PackageFiles?> TryReadAsync(string assets, CancellationToken cancellationToken)
    {
        if (!File.Exists(assets)) return null;

        try
        {
            await using var stream = File.OpenRead(assets);
            using var json = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private static PackageFiles? Read(JsonElement root)
    {
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        var libraries = root.GetProperty("libraries");
        var target = root.GetProperty("targets").EnumerateObject()
            .First(t => t.Name.EndsWith("/" + RuntimeInformation.RuntimeIdentifier, StringComparison.Ordinal)).Value;

        List<string> compile = [], managed = [], native = [];
        foreach (var library in target.EnumerateObject())
        {
            var path = libraries.GetProperty(library.Name).GetProperty("path").GetString()!;
            if (folders.Select(f => Path.Combine(f, path)).FirstOrDefault(Directory.Exists) is not { } folder) return null;

            compile.AddRange(Files(library.Value, "compile", folder));
            managed.AddRange(Files(library.Value, "runtime", folder));
            native.AddRange(Files(library.Value, "native", folder));
        }

        return new PackageFiles(compile, managed, native);
    }

    private static IEnumerable<string> Files(JsonElement library, string kind, string folder) =>
        !library.TryGetProperty(kind, out var files) ? [] : files.EnumerateObject()
            .Where(f => !f.Name.EndsWith("/_._", StringComparison.Ordinal))
            .Select(f => Path.Combine(folder, f.Name.Replace('/', Path.DirectorySeparatorChar)));

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (IOException)
        {
            // Another kernel reads it; what it reads is complete, and the next restore replaces it.
        }
    }

    [GeneratedRegex(@"error (?:NU|MSB|NETSDK)\d+\s*: (.*?)(?: \[[^\]]*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}
