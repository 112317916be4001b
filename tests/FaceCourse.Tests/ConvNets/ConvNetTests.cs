using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Tests.Style;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.ConvNets;

public sealed class ConvNetTests
{
    internal static SqueezeNet Squeeze() => SqueezeNet.Load(Photos.Path("convnet/SqueezeNet_fp16.onnx"), Photos.Path("convnet/synset_words.txt"));

    internal static Vgg19 Vgg(Pooling pooling = Pooling.Average)
    {
        Photos.Path("convnet/vgg19_tfjs/group8-shard1of1");
        return Vgg19.Load(pooling);
    }

    [Fact]
    public void The_cat_scores_82_percent_tabby()
    {
        using var _ = NewDisposeScope();
        using var net = Squeeze();

        var best = net.Classify(Photos.Get("convnet/cat.jpeg", 227, 227, smooth: false))[0];

        Assert.Equal("n02123045 tabby, tabby cat", best.Label);
        Assert.Equal(0.8213, best.Score, 0.01);
    }

    [Fact]
    public void Class_scores_are_those_of_ONNX_Runtime_on_20_pictures()
    {
        using var _ = NewDisposeScope();
        using var net = Squeeze();
        using var session = new InferenceSession(Photos.Path("convnet/SqueezeNet_fp16.onnx"));
        var input = session.InputMetadata.First(m => m.Value.Dimensions is [_, 3, _, _]);
        var (height, width) = (input.Value.Dimensions[2], input.Value.Dimensions[3]);
        var half = input.Value.ElementType == typeof(Float16);

        var pictures = Photos.Contents.Concat(Photos.Styles).Append("convnet/cat.jpeg")
            .SelectMany(name => new[] { Photos.Get(name, height, width), Photos.Get(name, height, width).flip(2), 1 - Photos.Get(name, height, width) }).Take(20).ToList();
        Assert.Equal(20, pictures.Count);
        foreach (var picture in pictures)
        {
            using var inner = NewDisposeScope();
            var numbers = net.Prepare(picture).contiguous().data<float>().ToArray();
            int[] shape = [1, 3, height, width];
            using var results = session.Run([half
                ? NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<Float16>(numbers.Select(n => (Float16)n).ToArray(), shape))
                : NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<float>(numbers, shape))]);
            var theirs = results[0].Value is DenseTensor<float> f ? f.ToArray() : ((DenseTensor<Float16>)results[0].Value).Select(h => (float)h).ToArray();

            var ours = net.Scores(picture).flatten().data<float>().ToArray();

            // ONNX Runtime rounds every layer to float16; ours computes in float32 from the same weights.
            for (var i = 0; i < 1000; i++) Assert.Equal(theirs[i], ours[i], 0.01);
        }
    }

    [Theory]
    [InlineData(0f, 0, 0.20578316)]
    [InlineData(1f, 0, 0.0)]
    [InlineData(1f, 1, 2.1130981)]
    public void VGG_19_with_average_pooling_gives_the_published_activations(float fill, int channel, double published)
    {
        using var _ = NewDisposeScope();
        using var net = Vgg();

        var a = net.Run(full([1, 3, 64, 64], fill), "conv2_2")["conv2_2"];

        Assert.Equal(published, a[0, channel, 0, 0].item<float>(), 1e-5 + 1e-5 * published);
    }

    [Fact]
    public void Max_pooling_is_another_network_from_the_first_pool_on()
    {
        using var _ = NewDisposeScope();
        using var average = Vgg();
        using var max = Vgg(Pooling.Max);
        var photo = Photos.Get("media/content/chelsea.png", 48, 64);

        Assert.True(average.Activation(photo, "conv1_2").allclose(max.Activation(photo, "conv1_2")));
        Assert.False(average.Activation(photo, "conv2_1").allclose(max.Activation(photo, "conv2_1")));
    }

    [Fact]
    public void Taps_of_several_layers_are_those_of_each_layer_alone()
    {
        using var _ = NewDisposeScope();
        using var net = Squeeze();
        var photo = Photos.Get("media/content/chelsea.png", 96, 128);

        var taps = net.Activations(photo, "fire4", "conv1", "pool1");

        Assert.Equal(["conv1", "fire4", "pool1"], taps.Keys.Order());
        Assert.Equal([1, 64, 47, 63], taps["conv1"].shape);
        foreach (var (name, a) in taps) Assert.True(a.allclose(net.Activation(photo, name)));
    }

    [Fact]
    public void A_pass_stops_after_the_last_layer_asked_for()
    {
        using var _ = NewDisposeScope();
        using var net = Squeeze();
        // conv10 needs more than 20 pixels; if the pass went on, this would fail.
        var a = net.Activations(rand(3, 20, 20), "conv1", "fire2");

        Assert.Equal(128, a["fire2"].size(1));
        Assert.True(net.SmallestSide("conv10") > 20);
    }

    [Fact]
    public void An_unknown_layer_lists_the_names()
    {
        using var net = Squeeze();

        var error = Assert.Throws<ArgumentException>(() => net.Activation(zeros(3, 64, 64), "conv9_9"));

        Assert.Contains("fire2/squeeze", error.Message);
        Assert.Contains("conv10", error.Message);
    }

    [Fact]
    public void A_picture_of_one_pixel_or_of_two_channels_is_refused_in_words()
    {
        using var net = Squeeze();

        var small = Assert.Throws<ArgumentException>(() => net.Activation(zeros(3, 1, 1), "conv1"));
        var grey = Assert.Throws<ArgumentException>(() => net.Activation(zeros(2, 64, 64), "conv1"));
        var empty = Assert.Throws<ArgumentException>(() => net.Prepare(zeros(3, 0, 5)));

        Assert.Contains("at least 3 pixels", small.Message);
        Assert.Contains("[2,64,64]", grey.Message);
        Assert.Contains("RGB", empty.Message);
    }

    [Fact]
    public void A_shard_that_is_too_short_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("vgg-").FullName;
        try
        {
            var empty = Assert.Throws<WeightsException>(() => Vgg19.Load(folder, Pooling.Max));
            File.WriteAllBytes(System.IO.Path.Combine(folder, "group1-shard1of1"), new byte[7000]);
            var cut = Assert.Throws<WeightsException>(() => Vgg19.Load(folder, Pooling.Max));

            Assert.Contains("group1-shard1of1", empty.Message);
            Assert.Contains("7168", cut.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Layers_deeper_than_the_mirrors_load_from_more_shards()
    {
        Photos.Path("convnet/vgg19_tfjs/group8-shard1of1");
        var folder = Directory.CreateTempSubdirectory("vgg-").FullName;
        try
        {
            foreach (var shard in Directory.GetFiles(AssetStore.Default.GetFolder("convnet/vgg19_tfjs", TestContext.Current.CancellationToken), "group*"))
            {
                File.Copy(shard, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(shard)));
            }

            // conv4_1: 256 → 512, in two shards as the repository cuts it.
            File.WriteAllBytes(System.IO.Path.Combine(folder, "group9-shard1of2"), new byte[4_194_304]);
            File.WriteAllBytes(System.IO.Path.Combine(folder, "group9-shard2of2"), new byte[4 * (9 * 256 * 512 + 512) - 4_194_304]);
            using var net = Vgg19.Load(folder, Pooling.Average);

            Assert.Equal("conv4_1", net.Layers[^1].Name);
            Assert.Equal(512, net.Layers[^1].Channels);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("conv1", 12, 5)]
    [InlineData("fire3", 7, 9)]
    [InlineData("fire5", 5, 4)]
    public void A_unit_sees_its_receptive_field_and_nothing_else(string layer, int y, int x)
    {
        using var _ = NewDisposeScope();
        using var quiet = no_grad();
        using var net = Squeeze();
        var photo = Photos.Get("media/content/coffee.png", 160, 200);
        var before = net.Activation(photo, layer)[0, .., y, x].clone();
        var box = net.FieldOf(layer).At(y, x, 160, 200);
        var inside = zeros(3, 160, 200);
        inside.narrow(1, box.Top, box.Height).narrow(2, box.Left, box.Width).fill_(1);
        var noise = rand([3, 160, 200], generator: new Generator(3));

        var outsidePainted = net.Activation(photo * inside + noise * (1 - inside), layer)[0, .., y, x];
        var insidePainted = net.Activation(photo * (1 - inside) + noise * inside, layer)[0, .., y, x];

        Assert.True(before.allclose(outsidePainted, 1e-4, 1e-3), "paint outside the field moved the unit");
        Assert.False(before.allclose(insidePainted, 1e-2, 1e-1), "paint inside the field did not move the unit");
    }

    [Fact]
    public void The_face_network_is_a_list_of_named_layers_too_with_the_encoding_at_its_end_and_exact_fields()
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal("face-api/model/face_recognition_model.bin", out var _), "the face network is not on this machine");
        using var _ = NewDisposeScope();
        using var net = FaceResNet.LoadAsConvNet();
        using var encoder = FaceResNet.Load();
        var picture = rand([1, 3, 150, 150], generator: new Generator(5));

        var last = net.forward(picture).mean([2, 3]);
        var encoding = last.matmul(encoder.named_parameters().Single(p => p.parameter.shape.SequenceEqual([128L, 256L])).parameter.t());

        Assert.Equal(16, net.Layers.Count);
        Assert.Equal(256, net.Layers[^1].Channels);
        Assert.True(encoding.allclose(encoder.forward(picture), 1e-4, 1e-5));
        foreach (var (layer, y, x) in new[] { ("pool1", 10, 12), ("conv32_2", 8, 9), ("conv64_down", 4, 7) })
        {
            var pixels = picture.detach().requires_grad_(true);
            var seen = autograd.grad([net.Activation(pixels, layer)[0, .., y, x].sum()], [pixels])[0].abs().sum([0, 1]);
            var box = net.FieldOf(layer).At(y, x, 150, 150);
            Assert.Equal(seen.sum().item<float>(), seen.narrow(0, box.Top, box.Height).narrow(1, box.Left, box.Width).sum().item<float>(), 1e-3 * seen.sum().item<float>());
            Assert.True(seen[(int)box.Top..(int)(box.Top + 1)].sum().item<float>() > 0, "the field's first row is seen");
        }
    }

    [Fact]
    public void The_receptive_field_is_exact_to_the_pixel()
    {
        using var _ = NewDisposeScope();
        using var net = Vgg();
        var photo = rand([1, 3, 64, 64], generator: new Generator(3)).requires_grad_(true);
        net.Activation(photo, "conv3_1")[0, .., 6, 7].sum().backward();
        var seen = photo.grad!.abs().sum([0, 1]);
        var (rows, columns) = (seen.sum([1]).nonzero(), seen.sum([0]).nonzero());

        var box = net.FieldOf("conv3_1").At(6, 7, 64, 64);

        Assert.Equal(24, net.FieldOf("conv3_1").Size);
        Assert.Equal((box.Top, box.Left, box.Top + box.Height, box.Left + box.Width), (rows.min().item<long>(), columns.min().item<long>(), rows.max().item<long>() + 1, columns.max().item<long>() + 1));
    }
}
