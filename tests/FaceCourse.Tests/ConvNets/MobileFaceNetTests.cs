using FaceCourse.Assets;
using FaceCourse.ConvNets;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.ConvNets;

public sealed class MobileFaceNetTests
{
    [Fact]
    public void It_computes_what_onnx_runtime_computes_from_the_same_file()
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal(MobileFaceNet.Asset, out var file), $"{MobileFaceNet.Asset} is not on this machine");
        using var _ = NewDisposeScope();
        using var network = MobileFaceNet.Load();
        using var session = new InferenceSession(file);
        var faces = rand([3, 3, 112, 112], generator: new Generator(1, CPU));
        var prepared = faces.sub(tensor(new[] { 0.485f, 0.456f, 0.406f }).view(1, 3, 1, 1)).div(tensor(new[] { 0.229f, 0.224f, 0.225f }).view(1, 3, 1, 1));

        var ours = network.forward(faces).cpu();

        for (var i = 0; i < 3; i++)
        {
            var input = new DenseTensor<float>(prepared[i].contiguous().data<float>().ToArray(), [1, 3, 112, 112]);
            using var results = session.Run([NamedOnnxValue.CreateFromTensor("input0", input)]);
            var theirs = tensor(results[0].AsEnumerable<float>().ToArray());
            Assert.True(ours[i].sub(theirs).abs().max().item<float>() < 1e-3f * theirs.abs().max().item<float>());
        }
    }

    [Fact]
    public void The_weights_of_another_network_are_refused()
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal("convnet/SqueezeNet_fp16.onnx", out var file), "SqueezeNet_fp16.onnx is not on this machine");
        using var _ = NewDisposeScope();

        Assert.Contains("another network", Assert.Throws<WeightsException>(() => new MobileFaceNet(OnnxWeights.Read(file))).Message);
    }
}
