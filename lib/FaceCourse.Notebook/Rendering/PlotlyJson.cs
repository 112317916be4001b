using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Rendering;

/// <summary>How figures become JSON: tensors and 2-D arrays as nested lists, numbers that are not finite as null.</summary>
internal static class PlotlyJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        Converters = { new FloatConverter(), new DoubleConverter(), new Array2DConverter<float>(), new Array2DConverter<double>(), new TensorConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // <, > and & stay escaped: the text is put into a <script> element.
    };

    private static void Write(Utf8JsonWriter writer, double value)
    {
        if (!double.IsFinite(value)) writer.WriteNullValue();
        else if (value == Math.Truncate(value) && Math.Abs(value) < 1e15) writer.WriteNumberValue((long)value);
        else writer.WriteNumberValue(value);
    }

    // Seven significant digits are all a float has; its shortest decimal form halves the size of a chart.
    private static void Write(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }

    private sealed class FloatConverter : JsonConverter<float>
    {
        public override float Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetSingle();

        public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options) => PlotlyJson.Write(writer, value);
    }

    private sealed class DoubleConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => PlotlyJson.Write(writer, value);
    }

    private sealed class Array2DConverter<T> : JsonConverter<T[,]>
    {
        public override T[,] Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T[,] value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            for (var i = 0; i < value.GetLength(0); i++)
            {
                writer.WriteStartArray();
                for (var j = 0; j < value.GetLength(1); j++) JsonSerializer.Serialize(writer, value[i, j], options);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }
    }

    private sealed class TensorConverter : JsonConverter<Tensor>
    {
        public override Tensor Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Tensor value, JsonSerializerOptions options)
        {
            using var scope = NewDisposeScope();
            var numbers = value.detach().to(float32).cpu().contiguous();
            WriteLevel(writer, numbers.data<float>().ToArray(), numbers.shape, 0, 0);
        }

        private static int WriteLevel(Utf8JsonWriter writer, float[] numbers, long[] shape, int axis, int at)
        {
            if (axis == shape.Length)
            {
                PlotlyJson.Write(writer, numbers[at]);
                return at + 1;
            }

            writer.WriteStartArray();
            for (var i = 0L; i < shape[axis]; i++) at = WriteLevel(writer, numbers, shape, axis + 1, at);
            writer.WriteEndArray();
            return at;
        }
    }
}
