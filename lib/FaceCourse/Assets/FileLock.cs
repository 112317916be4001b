namespace FaceCourse.Assets;

/// <summary>Lets one task of one process at a time do something, by holding a file open.</summary>
internal static class FileLock
{
    /// <summary>Waits until the file is ours; disposing the result lets the next one in.</summary>
    public static async Task<IDisposable> TakeAsync(string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                // The system frees it even when the process that holds it dies.
                await Task.Delay(50, ct);
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and macOS; a full or read-only disk is something else.
    private static bool IsHeld(IOException e) => e.HResult is unchecked((int)0x80070020) or 11 or 35;
}
