namespace FaceCourse.Studio.Server.Contents;

/// <summary>Writes files whole or not at all, whatever is killed when.</summary>
/// <remarks>The new text is written beside, in a folder of the same disk, forced to the disk, and then renamed over the old.</remarks>
internal sealed class AtomicFiles(string parts)
{
    /// <summary>Writes a file and the folders it needs.</summary>
    /// <exception cref="IOException">The disk is full or refuses; the old file is untouched.</exception>
    public async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct = default)
    {
        Directory.CreateDirectory(parts);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = Path.Combine(parts, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            await using (var stream = new FileStream(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous }))
            {
                await stream.WriteAsync(bytes, ct);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Removes what writers left that were killed. Only while no other server writes here.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(parts)) return;
        foreach (var part in Directory.EnumerateFiles(parts)) File.Delete(part);
    }
}
