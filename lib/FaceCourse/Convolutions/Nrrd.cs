using System.Globalization;
using System.Text;

namespace FaceCourse.Convolutions;

/// <summary>The NRRD format (https://teem.sourceforge.net/nrrd/format.html): a text header, then raw or gzip voxels, inside or beside it.</summary>
internal static class Nrrd
{
    public static Volume Read(byte[] bytes, string path, string? data)
    {
        var name = Path.GetFileName(path);
        var (header, end) = Header(bytes, name);
        string Field(string key) => header.TryGetValue(key, out var value) ? value : throw new ConvolutionException($"The NRRD header {name} lacks \"{key}\".");

        if (Field("dimension") != "3") throw new ConvolutionException($"{name} has {Cut(Field("dimension"))} dimensions; a volume of one number per voxel has 3.");
        var sizes = Numbers(Field("sizes"), name, "sizes").Select(n => n is >= 1 and <= 100_000 && n == Math.Floor(n) ? (long)n
            : throw new ConvolutionException($"The NRRD header {name} gives the size {n}; sizes are whole numbers from 1 to 100000.")).ToArray();
        if (sizes.Length != 3) throw new ConvolutionException($"The NRRD header {name} gives {sizes.Length} sizes for 3 dimensions.");
        var type = Type(Field("type"), name);
        var wanted = Volume.CheckedBytes(sizes, type, name);
        var big = type.Bytes() > 1 && Field("endian") switch
        {
            "big" => true,
            "little" => false,
            var other => throw new ConvolutionException($"The NRRD header {name} gives the byte order \"{Cut(other)}\"; it is big or little."),
        };

        foreach (var skip in new[] { "line skip", "lineskip", "byte skip", "byteskip" })
        {
            if (header.TryGetValue(skip, out var value) && value != "0") throw new ConvolutionException($"{name} skips part of its data file (\"{skip}: {Cut(value)}\"), which this reader does not do; write it anew without.");
        }

        var (raw, start, source) = (bytes, end, name);
        if (data is null && (header.GetValueOrDefault("data file") ?? header.GetValueOrDefault("datafile")) is { } file)
        {
            // Only a file beside the header: a header from elsewhere must not point anywhere on this machine.
            if (file.StartsWith("LIST", StringComparison.Ordinal) || file.Contains('%', StringComparison.Ordinal)) throw new ConvolutionException($"{name} spreads its voxels over several files, which this reader does not join.");
            var plain = file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
            if (plain.Length == 0 || plain != Path.GetFileName(plain)) throw new ConvolutionException($"{name} names the data file \"{Cut(file)}\", which is not beside it; give its path yourself.");
            data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, plain);
        }

        if (data is not null) (raw, start, source) = (FileBytes.All(data), 0, Path.GetFileName(data));
        if (Field("encoding") is "gzip" or "gz") (raw, start) = (FileBytes.Gunzip(raw, start, wanted, source), 0);
        else if (Field("encoding") != "raw") throw new ConvolutionException($"{name} is encoded as \"{Cut(Field("encoding"))}\"; raw and gzip are read here.");
        if (raw.Length - start < wanted)
            throw new ConvolutionException($"{source} is cut short, or the header lies: {FeatureShape.Text(sizes)} voxels of {type} take {wanted} bytes, and there are {raw.Length - start}. Fetch it again.");

        var (spacing, affine) = Geometry(header, name);
        return new Volume(Volume.FromNumbers(raw.AsSpan(start), type, big, sizes, 1, 0, source), spacing, Path.GetFileNameWithoutExtension(name), affine);
    }

    private static (Dictionary<string, string> Fields, int End) Header(byte[] bytes, string name)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        for (var first = true; at < bytes.Length; first = false)
        {
            var length = bytes.AsSpan(at).IndexOf((byte)'\n');
            if (length > 100_000) throw new ConvolutionException($"{name} is no NRRD file: its header has a line of {length} bytes.");
            var line = Encoding.UTF8.GetString(bytes, at, length < 0 ? Math.Min(bytes.Length - at, 100_000) : length).TrimEnd('\r');
            at = length < 0 ? bytes.Length : at + length + 1;
            if (line.Length == 0) return (fields, at);
            // The first line is the magic; # opens a comment, := a free key and value.
            if (first || line.StartsWith('#') || line.Contains(":=", StringComparison.Ordinal)) continue;
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 1) throw new ConvolutionException($"The NRRD header {name} has a line that is no \"field: value\": \"{Cut(line)}\".");
            fields[line[..colon].Trim()] = line[(colon + 2)..].Trim();
        }

        return (fields, at);
    }

    // NRRD's space is often left-posterior-superior; directions are kept as the header gives them.
    private static (double[] Spacing, double[,]? Affine) Geometry(Dictionary<string, string> header, string name)
    {
        if (header.TryGetValue("space directions", out var directions))
        {
            var columns = Vectors(directions, name, "space directions");
            var origin = header.TryGetValue("space origin", out var o) ? Vectors(o, name, "space origin")[0] : [0, 0, 0];
            if (columns.Count != 3) throw new ConvolutionException($"The NRRD header {name} gives {columns.Count} space directions for 3 axes.");
            var affine = new double[4, 4];
            for (var row = 0; row < 3; row++)
            {
                for (var column = 0; column < 3; column++) affine[row, column] = columns[column][row];
                affine[row, 3] = origin[row];
            }

            affine[3, 3] = 1;
            return ([.. columns.Select(v => Math.Sqrt(v.Sum(n => n * n)))], affine);
        }

        var spacing = header.TryGetValue("spacings", out var text) ? Numbers(text, name, "spacings").Select(n => double.IsFinite(n) && n > 0 ? n : 1).ToArray() : [1, 1, 1];
        return spacing.Length == 3 ? (spacing, null) : throw new ConvolutionException($"The NRRD header {name} gives {spacing.Length} spacings for 3 dimensions.");
    }

    private static List<double[]> Vectors(string text, string name, string field)
    {
        var vectors = text.Split('(', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(v => Numbers(v.TrimEnd(' ', ')').Replace(',', ' '), name, field)).ToList();
        return vectors.Count > 0 && vectors.TrueForAll(v => v.Length == 3 && v.All(double.IsFinite)) ? vectors
            : throw new ConvolutionException($"The NRRD header {name} gives \"{field}: {Cut(text)}\", which are no vectors such as (1,0,0).");
    }

    private static double[] Numbers(string text, string name, string field) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ConvolutionException($"The NRRD header {name} gives \"{field}: {Cut(text)}\", which are no numbers."))];

    private static VoxelType Type(string text, string name) => text switch
    {
        "signed char" or "int8" or "int8_t" => VoxelType.Int8,
        "uchar" or "unsigned char" or "uint8" or "uint8_t" => VoxelType.UInt8,
        "short" or "short int" or "signed short" or "signed short int" or "int16" or "int16_t" => VoxelType.Int16,
        "ushort" or "unsigned short" or "unsigned short int" or "uint16" or "uint16_t" => VoxelType.UInt16,
        "int" or "signed int" or "int32" or "int32_t" => VoxelType.Int32,
        "uint" or "unsigned int" or "uint32" or "uint32_t" => VoxelType.UInt32,
        "float" => VoxelType.Float32,
        "double" => VoxelType.Float64,
        _ => throw new ConvolutionException($"{name} stores its voxels as \"{Cut(text)}\"; whole numbers up to 32 bits, float and double are read here."),
    };

    private static string Cut(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
