using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using FaceCourse.Assets;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>The CMU face images: 20 people looking four ways in four moods, with and without sunglasses, 624 in all.</summary>
/// <remarks>Tom Mitchell, Machine Learning, 1997. The pictures come as a NumPy archive, read here as plain numbers and texts.</remarks>
public static partial class CmuFaces
{
    /// <summary>What the asset store calls them.</summary>
    public const string Asset = "faces/cmu_faces_half_size.npz";

    // The real archive is 10 MB unpacked; a damaged header asks for anything.
    private const int MostBytes = 100_000_000;

    /// <summary>Whether they are here already, so that <see cref="Load"/> needs no network.</summary>
    public static bool AreHere => AssetStore.Default.TryGetLocal(Asset, out _);

    /// <summary>Fetches (once) and reads them.</summary>
    /// <param name="size">Pixels of each side of the square pictures, cut from the middle of the 64×60 photos.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>624 pictures [1,size,size]; people are numbered from 1 in the order of their names.</returns>
    /// <exception cref="AssetException">They are neither here nor to be had.</exception>
    public static FaceSet Load(int size = 48, CancellationToken ct = default) => Read(AssetStore.Default.Get(Asset, ct), size);

    /// <summary>Reads the archive from a file.</summary>
    /// <exception cref="InvalidDataException">The file is cut short or is not that archive.</exception>
    public static FaceSet Read(string path, int size = 48)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var zip = ZipFile.OpenRead(path);
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var (shape, pixels) = Pixels(Bytes(zip, "data.npy", name), name);
            var labels = Labels(Bytes(zip, "labels.npy", name));
            if (labels.Count != shape[0]) throw Broken(name, $"it has {shape[0]} pictures and {labels.Count} labels");

            var people = labels.Select(l => l[..l.IndexOf('_', StringComparison.Ordinal)]).ToList();
            var names = people.Distinct().Order(StringComparer.Ordinal).ToList();
            // No one number is white in every photo; the set as a whole runs from 0 to 1.
            var pictures = tensor(pixels, [shape[0], shape[1], shape[2]]).clamp(0, 1);
            return new FaceSet(OrlFaces.Square(pictures, size).unsqueeze(1).MoveToOuterDisposeScope(), [.. people.Select(p => names.IndexOf(p) + 1)], p => names[p - 1]);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw Broken(name, e.Message);
        }
    }

    private static byte[] Bytes(ZipArchive zip, string entry, string name)
    {
        var found = zip.GetEntry(entry) ?? throw Broken(name, $"it holds no {entry}");
        using var packed = found.Open();
        using var unpacked = new MemoryStream();
        var block = new byte[81920];
        // The length that the archive claims is not believed; what comes out is counted.
        for (int read; (read = packed.Read(block)) > 0;)
        {
            unpacked.Write(block, 0, read);
            if (unpacked.Length > MostBytes) throw Broken(name, $"{entry} unpacks to more than {MostBytes} bytes");
        }

        return unpacked.ToArray();
    }

    private static (int[] Shape, float[] Pixels) Pixels(byte[] npy, string name)
    {
        if (npy.Length < 10 || npy[0] != 0x93 || !npy.AsSpan(1, 5).SequenceEqual("NUMPY"u8)) throw Broken(name, "data.npy is no NumPy array");

        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8));
        if (start > npy.Length) throw Broken(name, "data.npy ends inside its header");
        var header = NumpyHeader().Match(Encoding.ASCII.GetString(npy, 10, start - 10));
        if (!header.Success) throw Broken(name, "data.npy is not a list of float32 pictures");

        var shape = header.Groups["d"].Captures.Select(c => int.Parse(c.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        var count = (long)shape[0] * shape[1] * shape[2];
        if (count == 0 || count != (npy.Length - start) / 4) throw Broken(name, $"data.npy should hold {string.Join('×', shape)} numbers and holds {(npy.Length - start) / 4}");

        var pixels = new float[count];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = BinaryPrimitives.ReadSingleLittleEndian(npy.AsSpan(start + (4 * i)));
        return (shape, pixels);
    }

    /// <summary>The labels lie in a pickle, which is a program. It is not run: its texts stand in it as 'X', a length, and UTF-8.</summary>
    private static List<string> Labels(byte[] pickle)
    {
        var labels = new List<string>();
        for (var at = 0; at + 5 < pickle.Length; at++)
        {
            if (pickle[at] != (byte)'X') continue;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(pickle.AsSpan(at + 1));
            if (length > 100 || at + 5 + length > pickle.Length) continue;
            var text = Encoding.UTF8.GetString(pickle, at + 5, (int)length);
            if (!Label().IsMatch(text)) continue;
            labels.Add(text);
            at += 4 + (int)length;
        }

        return labels;
    }

    private static InvalidDataException Broken(string name, string why) => new($"{name} is not the whole archive of CMU faces: {why}. Download it again.");

    [GeneratedRegex(@"'descr': '<f4', 'fortran_order': False, 'shape': \((?<d>\d{1,4}), (?<d>\d{1,4}), (?<d>\d{1,4})\)")]
    private static partial Regex NumpyHeader();

    [GeneratedRegex("^[a-z0-9]+_(forward|left|right|up)_[a-z]+_(eyes|sunglasses)$")]
    private static partial Regex Label();
}
