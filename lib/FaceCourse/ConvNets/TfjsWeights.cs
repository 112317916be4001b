using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceCourse.Assets;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>Reads TensorFlow.js weight manifests: plain numbers, stored as float32 or quantised to 8 or 16 bits.</summary>
/// <remarks>
/// A manifest lists tensors (name, shape, type) that lie one after another in its shard files. A quantised number q stands
/// for q·scale + min. Nothing is executed and no length is believed before the bytes for it are there.
/// </remarks>
public static class TfjsWeights
{
    /// <summary>Reads a manifest of the asset store, its shards beside it.</summary>
    /// <param name="name">Such as <c>face-api/model/face_recognition_model-weights_manifest.json</c>.</param>
    /// <param name="store">Null for the course's own.</param>
    /// <returns>float32 tensors by name, in the manifest's own shapes (convolution kernels are [H,W,in,out]).</returns>
    /// <exception cref="AssetException">A file is not to be had.</exception>
    /// <exception cref="WeightsException">A file is not what its name says.</exception>
    public static IReadOnlyDictionary<string, Tensor> FromAssets(string name, AssetStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        store ??= AssetStore.Default;
        var folder = name[..(name.LastIndexOf('/') + 1)];
        return Read(File.ReadAllText(store.Get(name)), shard => File.ReadAllBytes(store.Get(folder + shard)), name);
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="manifest">The JSON text.</param>
    /// <param name="shard">Gives the bytes of a shard file by the name that stands in the manifest.</param>
    /// <param name="name">What to call the manifest in an error.</param>
    /// <returns>float32 tensors by name; the caller disposes them.</returns>
    /// <exception cref="WeightsException">The manifest or a shard is damaged, or they do not belong together.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string manifest, Func<string, byte[]> shard, string name = "the weight manifest")
    {
        ArgumentNullException.ThrowIfNull(shard);
        Group[] groups;
        try
        {
            groups = JsonSerializer.Deserialize<Group[]>(manifest) ?? [];
            if (groups.Any(g => g?.Paths is null || g.Weights is null || g.Weights.Any(w => w?.Name is null || w.Shape is null || w.Type is null)))
                throw new JsonException("a group or weight is null");
        }
        catch (JsonException e)
        {
            throw new WeightsException($"{name} is not a TensorFlow.js weight manifest ({e.Message}); fetch it again.", e);
        }

        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var group in groups)
            {
                byte[] bytes = [.. group.Paths.SelectMany(shard)];
                var at = 0L;
                foreach (var entry in group.Weights)
                {
                    var (count, size) = (Count(entry, name), entry.Size(name));
                    if (count * size > bytes.Length - at)
                        throw new WeightsException($"{name}: the shard ends before {entry.Name} does ({count * size} bytes wanted, {bytes.Length - at} left); fetch it again.");

                    var numbers = bytes.AsSpan((int)at, (int)(count * size));
                    at += count * size;
                    if (entry.IsNumber) weights.Add(entry.Name, tensor(entry.Dequantise(numbers, (int)count), entry.Shape));
                }

                if (at != bytes.Length) throw new WeightsException($"{name}: its shards hold {bytes.Length - at} bytes that it does not list; they do not belong together, fetch both again.");
            }
        }
        catch
        {
            foreach (var tensor in weights.Values) tensor.Dispose();
            throw;
        }

        return weights;
    }

    private static long Count(Entry entry, string name)
    {
        var count = 1L;
        foreach (var side in entry.Shape)
        {
            if (side < 0 || side > int.MaxValue || count * side > int.MaxValue)
                throw new WeightsException($"{name}: {entry.Name} has the impossible shape [{string.Join(',', entry.Shape)}]; fetch it again.");
            count *= side;
        }

        return count;
    }

    private sealed class Group
    {
        [JsonPropertyName("paths"), JsonRequired]
        public string[] Paths { get; init; } = [];

        [JsonPropertyName("weights"), JsonRequired]
        public Entry[] Weights { get; init; } = [];
    }

    private sealed class Quantization
    {
        [JsonPropertyName("dtype"), JsonRequired]
        public string Type { get; init; } = "";

        [JsonPropertyName("scale"), JsonRequired]
        public double Scale { get; init; }

        [JsonPropertyName("min"), JsonRequired]
        public double Min { get; init; }
    }

    private sealed class Entry
    {
        [JsonPropertyName("name"), JsonRequired]
        public string Name { get; init; } = "";

        [JsonPropertyName("shape"), JsonRequired]
        public long[] Shape { get; init; } = [];

        [JsonPropertyName("dtype"), JsonRequired]
        public string Type { get; init; } = "";

        [JsonPropertyName("quantization")]
        public Quantization? Quantization { get; init; }

        // Some graphs carry their own shape constants along as int32; no network here reads them.
        public bool IsNumber => Type == "float32";

        private string Stored => Quantization?.Type ?? Type;

        public int Size(string manifest) => Stored switch
        {
            "uint8" or "bool" => 1,
            "uint16" or "float16" => 2,
            "float32" or "int32" => 4,
            _ => throw new WeightsException($"{manifest}: {Name} is stored as {Stored}, which is not read here (float32, float16, uint16 and uint8 are)."),
        };

        public float[] Dequantise(ReadOnlySpan<byte> bytes, int count)
        {
            var numbers = new float[count];
            for (var i = 0; i < count; i++)
            {
                numbers[i] = Stored switch
                {
                    "uint8" => (float)((bytes[i] * Quantization!.Scale) + Quantization.Min),
                    "uint16" => (float)((BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) * Quantization!.Scale) + Quantization.Min),
                    "float16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                    _ => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                };
            }

            return numbers;
        }
    }
}
