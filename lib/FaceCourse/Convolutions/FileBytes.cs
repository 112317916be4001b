using System.IO.Compression;
using System.Text;

namespace FaceCourse.Convolutions;

/// <summary>Files read with a limit, and every failure of the disk told in the words of <see cref="ConvolutionException"/>.</summary>
internal static class FileBytes
{
    /// <summary>What one signal or volume may take, 2 GB: an array cannot hold more.</summary>
    public const long Most = 2_000_000_000;

    public static byte[] All(string path) => Guarded(path, () =>
    {
        var length = new FileInfo(path).Length;
        if (length > Most) throw new ConvolutionException($"{Path.GetFileName(path)} has {length / 1e9:0.0} GB; at most {Most / 1e9:0} GB are read into memory. Process a larger raw volume in tiles ({nameof(RawVolume)}).");
        return File.ReadAllBytes(path);
    });

    public static string Text(string path) => Guarded(path, () =>
    {
        using var stream = File.OpenRead(path);
        return Encoding.Latin1.GetString(UpTo(stream, 1_000_000));
    });

    /// <summary>Unpacks a gzip stream, never more than <paramref name="most"/> bytes, however much it claims or holds.</summary>
    public static byte[] Gunzip(byte[] bytes, int start, long most, string name)
    {
        try
        {
            using var zip = new GZipStream(new MemoryStream(bytes, start, bytes.Length - start), CompressionMode.Decompress);
            return UpTo(zip, most);
        }
        catch (InvalidDataException e)
        {
            throw new ConvolutionException($"{name} is no intact gzip file. Fetch it again.", e);
        }
    }

    // Grows with what really comes, so that a header's promise allocates nothing.
    private static byte[] UpTo(Stream stream, long most)
    {
        var all = new MemoryStream();
        var buffer = new byte[81920];
        int got;
        while (all.Length < most && (got = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, most - all.Length))) > 0) all.Write(buffer, 0, got);
        return all.ToArray();
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConvolutionException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
