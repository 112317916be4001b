using System.Buffers.Binary;
using System.Text;
using FaceCourse.Tensors;
using FaceCourse.Tests.Assets;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Tensors;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    [Fact]
    public void Every_type_and_shape_comes_back_as_it_was()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["weights"] = randn(3, 4, 5),
            ["double"] = randn([2], dtype: float64),
            ["half"] = randn(7).to(float16),
            ["brain"] = randn(7).to(bfloat16),
            ["long"] = tensor(new[] { long.MinValue, 5 }),
            ["int"] = tensor(new[] { 1, -2 }),
            ["byte"] = arange(5).to(uint8),
            ["yes or no"] = tensor(new[] { true, false, true }),
            ["scalar"] = tensor(1.5f),
            ["none"] = zeros(0, 3),
            ["turned"] = arange(6).view(2, 3).t(),
        };
        SafeTensors.Save(At("a.safetensors"), tensors, new Dictionary<string, string> { ["step"] = "12", ["étape"] = "\"quoted\"" });

        using var read = SafeTensors.Load(At("a.safetensors"));

        Assert.Equal(tensors.Keys.Order(), read.Tensors.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.shape, read.Tensors[name].shape);
            Assert.Equal(tensor.dtype, read.Tensors[name].dtype);
            Assert.True(tensor.contiguous().bytes.SequenceEqual(read.Tensors[name].bytes), name);
        }

        Assert.Equal("12", read.Metadata["step"]);
        Assert.Equal("\"quoted\"", read.Metadata["étape"]);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_bytes_are_those_of_the_published_format()
    {
        // Written out by hand from the format's description.
        var header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""".PadRight(56);
        var bytes = new byte[8 + header.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + header.Length), 1.25f);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(12 + header.Length), -3f);
        File.WriteAllBytes(At("hand"), bytes);

        using var read = SafeTensors.Load(At("hand"));
        Assert.Equal([1.25f, -3f], read.Tensors["a"].data<float>().ToArray());

        SafeTensors.Save(At("ours"), read.Tensors);
        Assert.Equal(bytes, File.ReadAllBytes(At("ours")));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "make sense")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "make sense")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2000],"data_offsets":[0,8000]}}""", "8 are there")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "begin")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "begin")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "8 are there")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "C64")]
    [InlineData("""{"a":{"dtype":3,"shape":[1],"data_offsets":[0,8]}}""", "make sense")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,8]}}""", "make sense")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "make sense")]
    [InlineData("""{"a":7}""", "make sense")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"__metadata__":3,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__")]
    [InlineData("[]", "JSON")]
    [InlineData("{", "JSON")]
    public void A_header_that_does_not_fit_its_bytes_is_refused_in_one_sentence(string header, string says)
    {
        var bytes = new byte[8 + header.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        File.WriteAllBytes(At("bad"), bytes);

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(At("bad")));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_and_a_file_with_any_byte_changed_never_crash()
    {
        using var scope = NewDisposeScope();
        SafeTensors.Save(At("good"), new Dictionary<string, Tensor> { ["w"] = randn(4, 4), ["b"] = randn(4) });
        var good = File.ReadAllBytes(At("good"));
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(At("bad"), good[..length]);
            Assert.Throws<InvalidDataException>(() => SafeTensors.Load(At("bad")));
        }

        var random = new Random(3);
        for (var round = 0; round < 3000; round++)
        {
            var bad = (byte[])good.Clone();
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(At("bad"), bad);
            if (Record.Exception(() => SafeTensors.Load(At("bad")).Dispose()) is { } error) Assert.IsType<InvalidDataException>(error);
        }
    }
}
