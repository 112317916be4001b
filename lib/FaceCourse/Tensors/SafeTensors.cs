using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

namespace FaceCourse.Tensors;

/// <summary>Named tensors and named words, as one <c>.safetensors</c> file holds them.</summary>
/// <param name="Tensors">The tensors, on the CPU; they belong to whoever asked for them.</param>
/// <param name="Metadata">The file's <c>__metadata__</c>: short texts under names.</param>
public sealed record TensorFile(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}

/// <summary>Reads and writes the safetensors format: a length, a JSON header, and plain little-endian numbers.</summary>
/// <remarks>
/// Nothing in such a file can run. Every size in its header is compared with the bytes that are there before anything is
/// allocated. A file is written beside its place and moved there whole, so a reader never meets half of one, even when the
/// writer is killed. Format: https://github.com/huggingface/safetensors.
/// </remarks>
public static class SafeTensors
{
    private const long MostHeaderBytes = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F32", ScalarType.Float32, 4), ("F64", ScalarType.Float64, 8), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Writes the tensors; an older file of that name is replaced in one step.</summary>
    /// <param name="path">Where; the folder is created.</param>
    /// <param name="tensors">Any shapes; from any device.</param>
    /// <param name="metadata">Short texts to keep with them.</param>
    /// <exception cref="ArgumentException">A tensor's type has no place in the format (complex numbers).</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal);
        if (metadata is { Count: > 0 }) header["__metadata__"] = metadata;
        // The largest type first keeps every tensor aligned, as the format's own writer does.
        var order = tensors.OrderByDescending(t => TypeOf(t.Key, t.Value).Bytes).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        var at = 0L;
        foreach (var (name, tensor) in order)
        {
            var (type, _, bytes) = TypeOf(name, tensor);
            header[name] = new { dtype = type, shape = tensor.shape, data_offsets = new[] { at, at += tensor.numel() * bytes } };
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (json.Length + 7) / 8 * 8;
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var part = $"{full}.{Environment.ProcessId}.part";
        try
        {
            using (var file = File.Create(part))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, padded);
                file.Write(length);
                file.Write(json);
                for (var i = json.Length; i < padded; i++) file.WriteByte((byte)' ');
                foreach (var (_, tensor) in order)
                {
                    using var scope = NewDisposeScope();
                    file.Write(tensor.detach().cpu().contiguous().bytes);
                }

                // The bytes are on the disk before the name is: a power cut leaves the old file or the new one.
                file.Flush(flushToDisk: true);
            }

            File.Move(part, full, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is cut short, is no safetensors file, or its header does not fit its bytes.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static TensorFile Load(string path)
    {
        using var file = File.OpenRead(path);
        var name = Path.GetFileName(path);
        var (header, start) = ReadHeader(file, name);
        using (header)
        {
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var places = new List<Place>();
            try
            {
                ReadEntries(header.RootElement, metadata, places, name);
            }
            catch (InvalidOperationException)
            {
                throw Broken(name, "a text in its header is not valid UTF-8");
            }

            CheckPlaces(places, file.Length - start, name);
            return new TensorFile(ReadTensors(file, start, places), metadata);
        }
    }

    private static (JsonDocument Header, long Start) ReadHeader(FileStream file, string name)
    {
        if (file.Length < 8) throw Broken(name, string.Create(CultureInfo.InvariantCulture, $"it has {file.Length} bytes"));

        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > (ulong)Math.Min(MostHeaderBytes, file.Length - 8))
            throw Broken(name, string.Create(CultureInfo.InvariantCulture, $"it claims a header of {bytes} bytes and has {file.Length} in all"));

        var json = new byte[bytes];
        file.ReadExactly(json);
        try
        {
            var header = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return header.RootElement.ValueKind == JsonValueKind.Object ? (header, 8 + (long)bytes) : throw Broken(name, "its header is no JSON object");
        }
        catch (JsonException e)
        {
            throw Broken(name, $"its header is not JSON ({e.Message})");
        }
    }

    private static void ReadEntries(JsonElement header, Dictionary<string, string> metadata, List<Place> places, string name)
    {
        foreach (var entry in header.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                if (entry.Value.ValueKind != JsonValueKind.Object) throw Broken(name, "its __metadata__ is not a list of texts");
                foreach (var text in entry.Value.EnumerateObject()) metadata[text.Name] = text.Value.ToString();
            }
            else
            {
                places.Add(ReadPlace(entry, name));
            }
        }
    }

    private static Place ReadPlace(JsonProperty entry, string name)
    {
        try
        {
            var dtype = entry.Value.GetProperty("dtype").GetString();
            var (_, type, size) = Types.FirstOrDefault(t => t.Name == dtype);
            if (size == 0) throw Broken(name, $"tensor '{entry.Name}' has the type {dtype}, which is not one of {string.Join(", ", Types.Select(t => t.Name))}");

            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
            if (entry.Value.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64()).ToArray() is not [var from, var to])
                throw Broken(name, $"tensor '{entry.Name}' has no two offsets");

            var bytes = shape.Aggregate((long)size, (product, d) => d >= 0 ? checked(product * d) : throw new OverflowException());
            if (to - from != bytes || bytes > int.MaxValue)
                throw Broken(name, string.Create(CultureInfo.InvariantCulture, $"tensor '{entry.Name}' of shape [{string.Join(',', shape)}] needs {bytes} bytes and has {to - from}"));

            return new Place(entry.Name, type, shape, from, to);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw Broken(name, $"the header's line for tensor '{entry.Name}' has no dtype, shape and data_offsets that make sense");
        }
    }

    // End to end without a hole or an overlap, from the first byte to the last: then nothing is read twice or beyond the end.
    private static void CheckPlaces(List<Place> places, long bytes, string name)
    {
        places.Sort((a, b) => (a.From, a.To).CompareTo((b.From, b.To)));
        var at = 0L;
        foreach (var place in places)
        {
            if (place.From != at) throw Broken(name, $"tensor '{place.Name}' does not begin where the one before it ends");
            at = place.To;
        }

        if (at != bytes) throw Broken(name, string.Create(CultureInfo.InvariantCulture, $"its header tells of {at} bytes of numbers and {bytes} are there"));
    }

    private static Dictionary<string, Tensor> ReadTensors(FileStream file, long start, List<Place> places)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var scope = NewDisposeScope();
        foreach (var place in places)
        {
            var tensor = empty(place.Shape, place.Type, CPU);
            if (tensor.numel() > 0)
            {
                file.Position = start + place.From;
                file.ReadExactly(tensor.bytes);
            }

            tensors[place.Name] = tensor;
        }

        foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
        return tensors;
    }

    private static (string Name, ScalarType Type, int Bytes) TypeOf(string name, Tensor tensor)
    {
        var found = Types.FirstOrDefault(t => t.Type == tensor.dtype);
        return found.Bytes > 0 ? found : throw new ArgumentException($"tensor '{name}' is {tensor.dtype}; a safetensors file holds {string.Join(", ", Types.Select(t => t.Name))}");
    }

    private static InvalidDataException Broken(string name, string why) =>
        new($"{name} is not a whole safetensors file: {why}. Download or write it again.");

    private sealed record Place(string Name, ScalarType Type, long[] Shape, long From, long To);
}
