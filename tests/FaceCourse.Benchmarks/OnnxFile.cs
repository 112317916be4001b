using System.Runtime.InteropServices;
using System.Text;
using FaceCourse.ConvNets;
using Tensor = TorchSharp.torch.Tensor;

namespace FaceCourse.Benchmarks;

/// <summary>Writes dlib's face ResNet as an ONNX file (opset 10), so that ONNX Runtime computes the very same network. The weights are ours, folded already.</summary>
internal static class OnnxFile
{
    private const int Float = 1, Varint = 0, Bytes = 2;

    /// <summary>The file's bytes: input "x" [N,3,150,150], RGB, 0…1 less the mean; output "f" [N,128].</summary>
    public static byte[] Of(FaceResNet network)
    {
        var weights = network.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        var graph = new Message();
        var (last, side) = Conv(graph, "_first", "x", 150, weights, stride: 2, padding: 0, relu: true);
        last = Node(graph, "MaxPool", [last], "pooled", ("kernel_shape", [3, 3]), ("strides", [2, 2]));
        side = ((side - 3) / 2) + 1;
        for (var block = 0; weights.ContainsKey($"_blocks.{block}._conv1.weight"); block++)
        {
            // Only the blocks that halve the size have no padding; they are the ones whose shortcut is pooled.
            var name = $"_blocks.{block}";
            var down = block is 3 or 7 or 10 or 13;
            var (before, sideBefore) = (last, side);
            (last, side) = Conv(graph, $"{name}._conv1", before, side, weights, down ? 2 : 1, down ? 0 : 1, relu: true);
            (last, side) = Conv(graph, $"{name}._conv2", last, side, weights, 1, 1, relu: false);
            if (down)
            {
                before = Node(graph, "AveragePool", [before], $"{name}.shortcut", ("kernel_shape", [2, 2]), ("strides", [2, 2]));
                var rows = (sideBefore / 2) - side;
                if (rows > 0) last = Node(graph, "Pad", [last], $"{name}.larger", ("pads", [0, 0, 0, 0, 0, 0, rows, rows]));
                side += rows;
                var channels = weights[$"{name}._conv1.weight"].shape[0] - weights[$"{name}._conv1.weight"].shape[1];
                if (channels > 0) before = Node(graph, "Pad", [before], $"{name}.wider", ("pads", [0, 0, 0, 0, 0, channels, 0, 0]));
            }

            last = Node(graph, "Relu", [Node(graph, "Add", [last, before], $"{name}.sum")], $"{name}.out");
        }

        last = Node(graph, "Flatten", [Node(graph, "GlobalAveragePool", [last], "mean")], "flat");
        Initializer(graph, "fc", weights["_fc.weight"].t());
        Node(graph, "MatMul", [last, "fc"], "f");
        graph.Add(2, "face_resnet").Add(11, Value("x", 3, 150, 150)).Add(12, Value("f", 128));
        return new Message().Add(1, 5).Add(8, new Message().Add(2, 10)).Add(7, graph).ToArray();
    }

    private static (string Output, long Side) Conv(
        Message graph, string name, string input, long side, Dictionary<string, Tensor> weights, long stride, long padding, bool relu)
    {
        var kernel = weights[$"{name}.weight"];
        Initializer(graph, $"{name}.weight", kernel);
        Initializer(graph, $"{name}.bias", weights[$"{name}.bias"]);
        var size = kernel.shape[2];
        var output = Node(graph, "Conv", [input, $"{name}.weight", $"{name}.bias"], name, ("kernel_shape", [size, size]), ("strides", [stride, stride]), ("pads", [padding, padding, padding, padding]));
        return (relu ? Node(graph, "Relu", [output], $"{name}.relu") : output, ((side + (2 * padding) - size) / stride) + 1);
    }

    private static string Node(Message graph, string type, string[] inputs, string output, params (string Name, long[] Numbers)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs) node.Add(1, input);
        node.Add(2, output).Add(3, output).Add(4, type);
        foreach (var (name, numbers) in attributes)
        {
            var attribute = new Message().Add(1, name).Add(20, 7); // INTS
            foreach (var number in numbers) attribute.Add(8, number);
            node.Add(5, attribute);
        }

        graph.Add(1, node);
        return output;
    }

    private static void Initializer(Message graph, string name, Tensor numbers)
    {
        var tensor = new Message();
        foreach (var length in numbers.shape) tensor.Add(1, length);
        tensor.Add(2, Float).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>(numbers.detach().cpu().contiguous().data<float>().ToArray()).ToArray());
        graph.Add(5, tensor);
    }

    private static Message Value(string name, params long[] shape)
    {
        var dimensions = new Message().Add(1, new Message().Add(2, "N"));
        foreach (var length in shape) dimensions.Add(1, new Message().Add(1, length));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, Float).Add(2, dimensions)));
    }

    /// <summary>A protobuf message: numbered fields, each a number, a text, bytes or another message.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Add(int field, long number)
        {
            Number((ulong)((field << 3) | Varint));
            Number((ulong)number);
            return this;
        }

        public Message Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

        public Message Add(int field, Message message) => Add(field, message.ToArray());

        public Message Add(int field, byte[] bytes)
        {
            Number((ulong)((field << 3) | Bytes));
            Number((ulong)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];

        private void Number(ulong number)
        {
            for (; number >= 0x80; number >>= 7) _bytes.Add((byte)(number | 0x80));
            _bytes.Add((byte)number);
        }
    }
}
