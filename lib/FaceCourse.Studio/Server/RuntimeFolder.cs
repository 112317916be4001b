using System.Diagnostics;
using System.Globalization;

namespace FaceCourse.Studio.Server;

/// <summary>A server's folder for its kernels' connection files, named after its process.</summary>
internal static class RuntimeFolder
{
    /// <summary>Makes this process's folder, and removes those of processes that were killed.</summary>
    public static string New(string state)
    {
        var all = Path.Combine(state, "runtime");
        PrivateFiles.CreateFolder(all);
        foreach (var old in Directory.EnumerateDirectories(all))
        {
            if (!int.TryParse(Path.GetFileName(old), CultureInfo.InvariantCulture, out var process) || !IsRunning(process)) Remove(old);
        }

        var mine = Path.Combine(all, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        PrivateFiles.CreateFolder(mine);
        return mine;
    }

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
