using System.Reflection;
using FaceCourse.Kernel.Compiling;

namespace FaceCourse.Kernel.Packages;

/// <summary>Carries out <c>#r</c> and <c>#i</c> lines on a session; a failing line changes nothing.</summary>
internal sealed class SessionReferences(SubmissionChain chain, PackageRestore restore, string folder)
{
    private List<PackageRequest> _packages = [];
    private List<string> _sources = [];

    /// <summary>Adds what the lines ask for.</summary>
    /// <exception cref="PackageRestoreException">A package is not to be had.</exception>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="BadImageFormatException">A file is no .NET assembly.</exception>
    public async Task AddAsync(ReferenceLines lines, ICellOutput output, CancellationToken cancellationToken)
    {
        var files = lines.Files.Select(Find).OfType<string>().ToList();
        var wanted = lines.Packages.Where(p => !_packages.Contains(p)).Distinct().ToList();
        List<string> sources = [.. _sources, .. lines.Sources.Select(Source).Except(_sources)];

        if (wanted.Count > 0)
        {
            // Asked for twice in different versions: the later line counts, as it would in a project file.
            List<PackageRequest> all = [.. _packages.Where(p => !wanted.Exists(w => w.Name.Equals(p.Name, StringComparison.OrdinalIgnoreCase))), .. wanted];
            var restored = await RestoreAsync(all, wanted, sources, output, cancellationToken).ConfigureAwait(false);
            foreach (var file in restored.Compile) chain.AddReference(file);
            foreach (var file in restored.Managed) chain.LoadContext.AddManaged(file);
            foreach (var file in restored.Native) chain.LoadContext.AddNative(file);
            _packages = all;
        }

        _sources = sources;
        foreach (var file in files)
        {
            if (!chain.AddReference(file)) continue;

            // What a built library needs lies beside it.
            foreach (var beside in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.dll")) chain.LoadContext.AddManaged(beside);
        }
    }

    private async Task<PackageFiles> RestoreAsync(List<PackageRequest> all, List<PackageRequest> wanted, List<string> sources, ICellOutput output, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", wanted.Select(w => w.Version is null ? w.Name : $"{w.Name} {w.Version}"));
        var id = Guid.NewGuid().ToString("N");
        var task = restore.RestoreAsync(all, sources, cancellationToken);
        var shown = false;
        for (var seconds = 0; await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)).ConfigureAwait(false) != task;)
        {
            // A restore from the cache says nothing.
            var text = MimeBundle.Of("text/plain", $"Restoring {names} … {++seconds} s");
            if (shown) output.Update(text, id);
            else output.Display(text, id);
            shown = true;
        }

        if (shown) output.Update(MimeBundle.Of("text/plain", task.IsCompletedSuccessfully ? $"Restored {names}" : $"Could not restore {names}"), id);
        return await task.ConfigureAwait(false);
    }

    // A library the host brought along is not loaded a second time from a path that was written for other hosts.
    private string? Find(string name)
    {
        if (chain.HasReference(Path.GetFileNameWithoutExtension(name))) return null;

        var file = Path.GetFullPath(name, folder);
        if (!File.Exists(file)) throw new FileNotFoundException($"#r \"{name}\": there is no file {file}. Paths are relative to the notebook's folder.");

        try
        {
            AssemblyName.GetAssemblyName(file);
        }
        catch (BadImageFormatException e)
        {
            throw new BadImageFormatException($"#r \"{name}\": the file is no .NET assembly.", e);
        }

        return file;
    }

    private string Source(string source) =>
        source.Contains("://", StringComparison.Ordinal) ? source : Path.GetFullPath(source, folder);
}
