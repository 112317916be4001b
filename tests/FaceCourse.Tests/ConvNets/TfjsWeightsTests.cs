using System.Text;
using FaceCourse.ConvNets;
using Xunit;

namespace FaceCourse.Tests.ConvNets;

public sealed class TfjsWeightsTests
{
    private const string Manifest = """
        [{ "paths": ["a.bin", "b.bin"], "weights": [
          { "name": "plain", "shape": [2], "dtype": "float32" },
          { "name": "small", "shape": [2, 2], "dtype": "float32", "quantization": { "dtype": "uint8", "scale": 0.5, "min": -1 } },
          { "name": "half", "shape": [], "dtype": "float32", "quantization": { "dtype": "float16", "scale": 1, "min": 0 } },
          { "name": "shape", "shape": [1], "dtype": "int32" } ] }]
        """;

    private static readonly byte[] Bytes =
        [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), 0, 1, 2, 255, .. BitConverter.GetBytes((Half)0.25f), 7, 0, 0, 0];

    private static IReadOnlyDictionary<string, TorchSharp.torch.Tensor> Read(string manifest, byte[] bytes) =>
        TfjsWeights.Read(manifest, name => name == "a.bin" ? bytes[..5] : bytes[5..]);

    [Fact]
    public void Plain_and_quantised_numbers_are_read_across_shards()
    {
        var weights = Read(Manifest, Bytes);

        Assert.Equal([1.5f, -2f], weights["plain"].data<float>().ToArray());
        Assert.Equal([-1f, -0.5f, 0f, 126.5f], weights["small"].data<float>().ToArray());
        Assert.Equal([2, 2], weights["small"].shape);
        Assert.Equal(0.25f, weights["half"].item<float>());
        Assert.DoesNotContain("shape", weights.Keys);
    }

    [Fact]
    public void A_shard_that_ends_too_early_is_named()
        => Says("ends before shape does", () => Read(Manifest, Bytes[..^1]));

    [Fact]
    public void A_shard_that_is_too_long_does_not_belong_to_the_manifest()
        => Says("do not belong together", () => Read(Manifest, [.. Bytes, 1]));

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{\"paths\": null, \"weights\": []}]")]
    [InlineData("[{\"paths\": [], \"weights\": [null]}]")]
    [InlineData("[{\"paths\": [], \"weights\": [{\"name\": \"x\", \"shape\": \"2\", \"dtype\": \"float32\"}]}]")]
    public void What_is_no_manifest_is_refused(string manifest)
        => Says("is not a TensorFlow.js weight manifest", () => Read(manifest, Bytes));

    [Theory]
    [InlineData("[-1]")]
    [InlineData("[2147483647, 2147483647, 2147483647]")]
    [InlineData("[9223372036854775807]")]
    public void An_impossible_shape_is_refused_before_anything_is_allocated(string shape)
        => Says("impossible shape", () => Read("[{\"paths\":[\"a.bin\",\"b.bin\"],\"weights\":[{\"name\":\"x\",\"shape\":" + shape + ",\"dtype\":\"float32\"}]}]", Bytes));

    [Fact]
    public void A_type_that_is_not_read_is_named()
        => Says("stored as complex64", () => Read(Manifest.Replace("int32", "complex64", StringComparison.Ordinal), Bytes));

    [Fact]
    public void The_weights_of_another_network_are_refused_by_name()
        => Says("hold no 'conv32_down/conv/filters'", () => _ = new FaceResNet(Read(Manifest, Bytes)));

    [Fact]
    public void Random_manifests_never_do_worse_than_a_clear_error()
    {
        var random = new Random(5);
        var good = Encoding.UTF8.GetBytes(Manifest);
        for (var i = 0; i < 500; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var k = 0; k < 4; k++) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            try
            {
                Read(Encoding.UTF8.GetString(bytes), Bytes);
            }
            catch (WeightsException)
            {
                // refused: fine
            }
        }
    }

    private static void Says(string part, Action action) => Assert.Contains(part, Assert.Throws<WeightsException>(action).Message);
}
