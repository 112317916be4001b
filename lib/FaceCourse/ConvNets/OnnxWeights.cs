using System.Buffers.Binary;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>The initialisers of an ONNX file as plain numbers: every weight by name, and nothing of the graph.</summary>
/// <remarks>
/// An ONNX file is a protobuf message; its weights are the <c>TensorProto</c>s in <c>graph.initializer</c>
/// (field numbers from onnx.proto3). float32 and float16 are read, from <c>raw_data</c> or from the typed fields.
/// Nothing is executed, and no number of the file is believed before it fits the bytes that are there.
/// </remarks>
public static class OnnxWeights
{
    private const int Float32 = 1, Float16 = 10;

    /// <summary>Reads all floating-point initialisers of a file.</summary>
    /// <param name="path">An .onnx file of at most 2 GB.</param>
    /// <returns>float32 tensors on the CPU, by name; the caller disposes them (or a dispose scope does).</returns>
    /// <exception cref="WeightsException">The file is missing, cut off, or no ONNX file.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"The ONNX file {path} cannot be read ({e.Message.TrimEnd('.')}).", e);
        }

        try
        {
            return Read(bytes);
        }
        catch (WeightsException e)
        {
            throw new WeightsException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads all floating-point initialisers of a file that is in memory already.</summary>
    /// <param name="onnx">The bytes of an .onnx file.</param>
    /// <returns>float32 tensors on the CPU, by name.</returns>
    /// <exception cref="WeightsException">The bytes are cut off, or no ONNX file.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        var weights = new Dictionary<string, Tensor>();
        try
        {
            foreach (var graph in Messages(onnx, 7))
            {
                foreach (var initializer in Messages(graph, 5))
                {
                    if (ReadTensor(initializer) is var (name, tensor)) weights[name] = tensor;
                }
            }
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or WeightsException)
        {
            foreach (var tensor in weights.Values) tensor.Dispose();
            throw e as WeightsException
                ?? new WeightsException("This is no complete ONNX file: it ends early or is damaged. Fetch it again.", e);
        }

        if (weights.Count == 0) throw new WeightsException("This file holds no ONNX weights. Is it really an .onnx file?");
        return weights;
    }

    /// <summary>Every length-delimited field with this number in one message.</summary>
    private static IEnumerable<byte[]> Messages(byte[] message, int field)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited)) yield return input.ReadBytes().ToByteArray();
            else input.SkipLastField();
        }
    }

    private static (string Name, Tensor Tensor)? ReadTensor(byte[] message)
    {
        var name = "";
        var type = 0;
        var shape = new List<long>();
        byte[]? raw = null;
        var floats = new List<float>();
        var halves = new List<float>();
        var external = false;

        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (tag)
            {
                case 1 << 3: shape.Add(input.ReadInt64()); break;
                case (1 << 3) | 2: Packed(input, i => shape.Add(i.ReadInt64())); break;
                case 2 << 3: type = input.ReadInt32(); break;
                case (4 << 3) | 5: floats.Add(input.ReadFloat()); break;
                case (4 << 3) | 2: Packed(input, i => floats.Add(i.ReadFloat())); break;
                case 5 << 3: halves.Add(HalfFrom(input.ReadInt32())); break;
                case (5 << 3) | 2: Packed(input, i => halves.Add(HalfFrom(i.ReadInt32()))); break;
                case (8 << 3) | 2: name = input.ReadString(); break;
                case (9 << 3) | 2: raw = input.ReadBytes().ToByteArray(); break;
                case (13 << 3) | 2: external = true; input.SkipLastField(); break;
                default: input.SkipLastField(); break;
            }
        }

        // Integer initialisers are shapes and axes of the graph, no weights.
        if (type is not (Float32 or Float16)) return null;
        if (external) throw new WeightsException($"The weight \"{name}\" lies in a second file, which is not supported; save the model as one file.");

        var numbers = raw is null ? [.. type == Float32 ? floats : halves] : FromRaw(name, raw, type);
        var count = 1L;
        foreach (var length in shape)
        {
            count = length < 0 || (length > 0 && count > int.MaxValue / length) ? -1 : count * length;
            if (count < 0) break;
        }

        if (count != numbers.Length)
        {
            throw new WeightsException($"The weight \"{name}\" says its shape is [{string.Join(", ", shape)}] but holds {numbers.Length} numbers; the file is damaged. Fetch it again.");
        }

        return (name, tensor(numbers, shape.ToArray()));
    }

    private static void Packed(CodedInputStream input, Action<CodedInputStream> readOne)
    {
        var inner = new CodedInputStream(input.ReadBytes().ToByteArray());
        while (!inner.IsAtEnd) readOne(inner);
    }

    private static float HalfFrom(int bits) => (float)BitConverter.UInt16BitsToHalf((ushort)bits);

    private static float[] FromRaw(string name, byte[] raw, int type)
    {
        var size = type == Float32 ? 4 : 2;
        if (raw.Length % size != 0) throw new WeightsException($"The weight \"{name}\" has {raw.Length} bytes, not a multiple of {size}; the file is damaged. Fetch it again.");

        var numbers = new float[raw.Length / size];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = type == Float32
                ? BinaryPrimitives.ReadSingleLittleEndian(raw.AsSpan(4 * i))
                : (float)BinaryPrimitives.ReadHalfLittleEndian(raw.AsSpan(2 * i));
        }

        return numbers;
    }
}
