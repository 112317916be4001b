using FaceCourse.Convolutions;
using FaceCourse.Tests.Assets;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.Convolutions;

public sealed class TiledConvolutionTests
{
    [Fact]
    public void Tiles_give_the_same_as_one_piece_for_random_inputs_kernels_and_depths()
    {
        var random = new Random(11);
        var tried = 0;
        for (var i = 0; tried < 120; i++)
        {
            using var scope = torch.NewDisposeScope();
            var generator = new torch.Generator((ulong)i);
            var d = 1 + (i % 3);
            var x = torch.randn([1, random.Next(1, 4), .. Enumerable.Range(0, d).Select(_ => (long)random.Next(4, 19))], generator: generator);
            var (whole, channels, layers) = (x, x.shape[1], new List<TiledLayer>());
            try
            {
                for (var l = random.Next(1, 4); l > 0; l--)
                {
                    var filters = random.Next(1, 5);
                    var w = torch.randn([filters, channels, .. Enumerable.Range(0, d).Select(_ => (long)random.Next(1, 5))], generator: generator).mul(0.3);
                    var b = torch.randn([filters], generator: generator);
                    var (stride, padding, dilation) = (random.Next(1, 4), random.Next(0, 5), random.Next(1, 3));
                    layers.Add(TiledLayer.Of(w, b, stride, padding, dilation, y => y.relu()));
                    _ = TiledConvolution.OutputOf(new FeatureShape(x.shape[2..], x.shape[1]), layers);
                    whole = FastConvolution.Apply(whole, w, b, stride, padding, dilation).relu();
                    channels = filters;
                }
            }
            catch (ConvolutionException)
            {
                continue; // the filter was larger than what was left
            }

            tried++;
            var tiled = TiledConvolution.Apply(x, layers, random.Next(1, 9));

            Assert.Equal(whole.shape, tiled.shape);
            Assert.True((whole - tiled).abs().max().item<float>() < 1e-5f * Math.Max(1, whole.abs().max().item<float>()), $"case {i}");
        }
    }

    [Fact]
    public void A_file_is_convolved_tile_by_tile_into_a_file()
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var generator = new torch.Generator(3);
        var voxels = torch.randint(0, 60000, [20, 30, 25], generator: generator);
        var path = Path.Combine(folder.Path, "in.raw");
        File.WriteAllBytes(path, [.. voxels.to(torch.int32).data<int>().ToArray().SelectMany(n => new[] { (byte)(n >> 8), (byte)n })]);
        var w = torch.randn([4, 1, 3, 5, 3], generator: generator).mul(1e-4);
        var read = 0L;

        using (var input = RawVolume.Open(path, FeatureShape.Parse("20×30×25×1"), VoxelType.UInt16, bigEndian: true))
        using (var output = RawVolume.Create(Path.Combine(folder.Path, "out.raw"), FeatureShape.Parse("20×28×25×4")))
        {
            TiledConvolution.Run(input.Shape, [TiledLayer.Of(w, padding: 1)], box =>
            {
                read = Math.Max(read, box.Size.Aggregate((a, b) => a * b));
                return input.Read(box);
            }, output.Write, tile: 8, ct: TestContext.Current.CancellationToken);
        }

        Assert.True(read <= 10 * 12 * 10, $"no more than a tile and its rim is read at once; {read} voxels were");
        var whole = FastConvolution.Apply(voxels.to(torch.float32).view(1, 1, 20, 30, 25), w, padding: 1);
        using var result = RawVolume.Open(Path.Combine(folder.Path, "out.raw"), FeatureShape.Parse("20×28×25×4"), VoxelType.Float32);
        var back = result.Read(new Region([0, 0, 0], [20, 28, 25]));
        Assert.True((whole - back).abs().max().item<float>() < 1e-5f * whole.abs().max().item<float>());
    }

    [Fact]
    public void Impossible_tiles_and_files_are_refused_in_words()
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var x = torch.ones([1, 1, 5, 5, 5]);
        var layer = TiledLayer.Of(torch.ones([1, 1, 3, 3, 3]));

        Assert.Contains("not 0", Assert.Throws<ConvolutionException>(() => TiledConvolution.Apply(x, [layer], 0)).Message);
        Assert.Contains("no layer", Assert.Throws<ConvolutionException>(() => TiledConvolution.Apply(x, [])).Message);
        Assert.Contains("larger than the input", Assert.Throws<ConvolutionException>(() => TiledConvolution.Apply(x, [layer, layer, layer])).Message);
        Assert.Contains("stride is -2", Assert.Throws<ConvolutionException>(() => TiledLayer.Of(torch.ones([1, 1, 3, 3, 3]), stride: -2)).Message);
        var path = Path.Combine(folder.Path, "short.raw");
        File.WriteAllBytes(path, new byte[100]);
        Assert.Contains("too short", Assert.Throws<ConvolutionException>(() => RawVolume.Open(path, FeatureShape.Parse("9999×9999×9999×1"), VoxelType.Int16)).Message);
        Assert.Contains("cannot be opened", Assert.Throws<ConvolutionException>(() => RawVolume.Open(path + "x", FeatureShape.Parse("9×9×9×1"), VoxelType.Int16)).Message);
    }
}
