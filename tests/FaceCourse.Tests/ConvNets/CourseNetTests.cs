using FaceCourse.ConvNets;
using FaceCourse.Style;
using FaceCourse.Tensors;
using FaceCourse.Tests.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.ConvNets;

public sealed class CourseNetTests
{
    [Fact]
    public void The_committed_network_loads_without_any_asset_and_is_small()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();

        Assert.InRange(new FileInfo(CourseNet.WeightsPath).Length, 1, 8_000_000);
        Assert.Equal(["conv1_1", "conv1_2", "pool1", "conv2_1"], net.LayerNames.Take(4));
        Assert.True(net.Activation(GeneratedStyles.Strokes(96), "conv5_1").max().item<float>() > 0);
    }

    [Fact]
    public void Painting_with_CourseNet_brings_VGG_19s_style_cost_below_15_percent_and_keeps_the_content()
    {
        using var _ = NewDisposeScope();
        using var judge = ConvNetTests.Vgg();
        using var net = CourseNet.Load();
        var (content, style, other) = (Photos.Get("media/content/rocket.jpg", 96, 128), Photos.Get(Photos.Styles[0], 104, 128), Photos.Get("media/content/coffee.png", 96, 128));

        using var painting = StyleTransfer.Paint(net, content, style, new() { Size = 128, Steps = 60 }, null, TestContext.Current.CancellationToken);

        using var problem = new StyleProblem(judge, content, style, new() { Lambda = StyleLayers.Style(judge).ToDictionary(l => l, _ => 0.25) });
        Assert.InRange(problem.Costs(painting.Picture).Style / problem.Costs(content).Style, 0, 0.15);
        Assert.True(problem.Costs(painting.Picture).Content < problem.Costs(other).Content);
    }

    [Fact]
    public void A_file_of_another_network_and_a_missing_file_are_refused_in_words()
    {
        var folder = Directory.CreateTempSubdirectory("coursenet-").FullName;
        try
        {
            var path = System.IO.Path.Combine(folder, "other.safetensors");
            SafeTensors.Save(path, new Dictionary<string, Tensor> { ["w"] = zeros(3) });

            Assert.Contains("conv1_1.weight", Assert.Throws<WeightsException>(() => CourseNet.Load(path)).Message);
            Assert.Contains("none.safetensors", Assert.Throws<WeightsException>(() => CourseNet.Load(System.IO.Path.Combine(folder, "none.safetensors"))).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
