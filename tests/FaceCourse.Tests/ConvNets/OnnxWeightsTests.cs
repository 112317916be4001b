using FaceCourse.Assets;
using FaceCourse.ConvNets;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.ConvNets;

public sealed class OnnxWeightsTests
{
    private static byte[] SqueezeNetFile()
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal("convnet/SqueezeNet_fp16.onnx", out var path), "SqueezeNet_fp16.onnx is not on this machine");
        return File.ReadAllBytes(path);
    }

    [Fact]
    public void The_float16_initialisers_are_the_plain_float32_weights_of_the_same_network()
    {
        using var _ = torch.NewDisposeScope();
        var weights = OnnxWeights.Read(SqueezeNetFile());
        Assert.SkipUnless(AssetStore.Default.TryGetLocal("convnet/squeezenet_v1.1.f32", out var plain), "squeezenet_v1.1.f32 is not on this machine");
        var bytes = File.ReadAllBytes(plain);
        var expected = new float[64 * 27];
        Buffer.BlockCopy(bytes, 0, expected, 0, 4 * expected.Length);

        Assert.Equal(52, weights.Count);
        Assert.Equal([64, 3, 3, 3], weights["conv1_w_0"].shape);
        var actual = weights["conv1_w_0"].data<float>().ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-3 + 1e-3 * Math.Abs(expected[i]));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(2_000_000)]
    public void A_file_that_ends_early_says_so(int length)
    {
        var whole = SqueezeNetFile();

        var error = Assert.Throws<WeightsException>(() => OnnxWeights.Read(whole[..length]));

        Assert.Contains("Fetch it again", error.Message);
    }

    [Fact]
    public void A_text_file_named_onnx_is_refused()
    {
        Assert.Throws<WeightsException>(() => OnnxWeights.Read("This is no protobuf."u8.ToArray()));
        Assert.Throws<WeightsException>(() => OnnxWeights.Read(Array.Empty<byte>()));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<WeightsException>(() => OnnxWeights.Read("/nowhere/net.onnx"));

        Assert.Contains("/nowhere/net.onnx", error.Message);
    }

    [Fact]
    public void A_shape_larger_than_the_numbers_is_refused_before_anything_is_allocated()
    {
        // graph{ initializer{ dims: 2^40, dims: 2^40, data_type: 1, name: "w", raw_data: 4 bytes } }
        byte[] huge = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        byte[] tensor = [.. huge, .. huge, 0x10, 0x01, 0x42, 0x01, (byte)'w', 0x4A, 0x04, 0, 0, 0, 0];
        byte[] graph = [0x2A, (byte)tensor.Length, .. tensor];
        byte[] model = [0x3A, (byte)graph.Length, .. graph];

        var error = Assert.Throws<WeightsException>(() => OnnxWeights.Read(model));

        Assert.Contains("\"w\"", error.Message);
    }
}
