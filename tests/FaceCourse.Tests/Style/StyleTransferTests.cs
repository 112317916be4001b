using FaceCourse.Activations;
using FaceCourse.ConvNets;
using FaceCourse.Style;
using FaceCourse.Tensors;
using FaceCourse.Tests.ConvNets;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Style;

public sealed class StyleTransferTests
{
    private static readonly StyleSettings Small = new() { Size = 96, Steps = 30 };

    private static Painting Paint(ConvNet net, Tensor content, Tensor style, StyleSettings settings) =>
        StyleTransfer.Paint(net, content, style, settings, null, TestContext.Current.CancellationToken);

    private static double StyleShare(ConvNet judge, Tensor content, Tensor style, Tensor picture)
    {
        using var problem = new StyleProblem(judge, content, style, new() { Lambda = new Dictionary<string, double> { ["conv1_1"] = 0.25, ["conv2_1"] = 0.25, ["conv3_1"] = 0.25, ["conv3_4"] = 0.25 } });
        return problem.Costs(picture).Style / problem.Costs(content).Style;
    }

    [Fact]
    public void VGG_19_brings_the_style_cost_below_5_percent_and_keeps_the_content()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Vgg();
        var (content, style, other) = (Photos.Get("media/content/astronaut.png", 96, 96), Photos.Get(Photos.Styles[0], 96, 96), Photos.Get("media/content/coffee.png", 96, 96));

        using var painting = Paint(net, content, style, Small);

        Assert.InRange(StyleShare(net, content, style, painting.Picture), 0, 0.05);
        Assert.True(ContentCost(painting.Picture) < ContentCost(other));
        Assert.Null(painting.Stopped);

        double ContentCost(Tensor g) => Cost.Content(net.Activation(content, "conv3_2"), net.Activation(g, "conv3_2")).item<float>();
    }

    [Fact]
    public void SqueezeNet_in_its_shape_for_painting_brings_VGG_19s_style_cost_below_5_percent_and_keeps_the_content()
    {
        using var _ = NewDisposeScope();
        using var judge = ConvNetTests.Vgg();
        using var net = SqueezeNet.Load(Photos.Path("convnet/SqueezeNet_fp16.onnx"), null, forPainting: true);
        using var trained = ConvNetTests.Squeeze();
        var (content, style, other) = (Photos.Get("media/content/rocket.jpg", 96, 144), Photos.Get(Photos.Styles[0], 114, 144), Photos.Get("media/content/coffee.png", 96, 144));
        var settings = Small with { Size = 144, Steps = 100 };

        using var painting = Paint(net, content, style, settings);
        using var asTrained = Paint(trained, content, style, settings with { Steps = 40 });

        Assert.InRange(StyleShare(judge, content, style, painting.Picture), 0, 0.05);
        Assert.True(StyleShare(judge, content, style, asTrained.Picture) > 2 * StyleShare(judge, content, style, painting.Picture));
        Assert.True(ContentCost(painting.Picture) < ContentCost(other));

        double ContentCost(Tensor g) => Cost.Content(judge.Activation(content, "conv3_2"), judge.Activation(g, "conv3_2")).item<float>();
    }

    [Fact]
    public void The_picture_is_painted_and_not_the_network()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var before = net.parameters().Select(p => p.clone()).ToList();
        var (content, style) = (Photos.Get("media/content/chelsea.png", 96, 128), GeneratedStyles.Strokes(128));

        using var painting = Paint(net, content, style, Small with { Size = 128 });

        Assert.All(net.parameters().Zip(before), p => Assert.True(p.First.equal(p.Second).all().item<bool>()));
        Assert.Equal([3, 96, 128], painting.Picture.shape);
        Assert.InRange(painting.Picture.min().item<float>(), 0, 1);
        Assert.InRange(painting.Picture.max().item<float>(), 0, 1);
        Assert.True(painting.Costs.Total < 0.5 * painting.First.Total);
    }

    [Theory]
    [InlineData(PixelOptimizer.Adam, 0.02)]
    [InlineData(PixelOptimizer.GradientDescent, 0.05)]
    public void The_other_optimizers_lower_the_total_cost_too(PixelOptimizer optimizer, double rate)
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96));

        using var painting = Paint(net, content, style, Small with { Optimizer = optimizer, LearningRate = rate, Levels = 1 });

        Assert.True(painting.Costs.Total < painting.First.Total);
        Assert.Equal(30, painting.Curve.Count);
    }

    [Fact]
    public void The_reported_costs_obey_the_formula()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style, g) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96), rand([3, 64, 96], generator: new Generator(1)));
        using var problem = new StyleProblem(net, content, style);

        var (costs, gradient) = problem.At(g);

        var byHand = problem.Lambda.Sum(l => l.Value * Cost.Style(net.Activation(style, l.Key), net.Activation(g, l.Key)).item<float>());
        Assert.Equal(byHand, costs.Style, 1e-3 * byHand);
        Assert.Equal(problem.Alpha * costs.Content + problem.Beta * costs.Style, costs.Total, 1e-4 * costs.Total);
        // The slope along the gradient, by finite differences.
        var h = 1e-3 / gradient.norm().item<float>();
        var slope = (problem.Costs(g + h * gradient).Total - problem.Costs(g - h * gradient).Total) / (2 * h);
        Assert.Equal(gradient.square().sum().item<float>(), slope, 0.05 * Math.Abs(slope));
    }

    [Fact]
    public void The_same_seed_gives_the_same_picture_from_noise()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 64), GeneratedStyles.Woodcut(64));
        var settings = Small with { Size = 64, Steps = 6, Start = StartFrom.Noise };

        using var one = Paint(net, content, style, settings);
        using var two = Paint(net, content, style, settings);
        using var other = Paint(net, content, style, settings with { Seed = 2 });

        Assert.True(one.Picture.allclose(two.Picture, 1e-3, 1e-3));
        Assert.False(one.Picture.allclose(other.Picture, 1e-2, 1e-2));
    }

    [Fact]
    public void A_cancelled_run_returns_the_best_picture_so_far_and_says_so()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        using var stop = new CancellationTokenSource();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96));
        var previews = 0;

        using var painting = StyleTransfer.Paint(net, content, style, Small with { Steps = 1000, ReportEvery = 5 }, new Now(step =>
        {
            if (step.Preview is { } preview)
            {
                previews++;
                preview.Dispose();
            }

            if (step.Step == 12) stop.Cancel();
        }), stop.Token);

        Assert.Contains("Cancelled after 12", painting.Stopped);
        Assert.Equal(12, painting.Curve.Count);
        Assert.Equal(2, previews);
        Assert.Equal([3, 64, 96], painting.Picture.shape);
    }

    [Fact]
    public void The_hosts_stop_button_ends_work_that_was_given_no_token()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        using var stop = new CancellationTokenSource();
        // Each flow of code its own button: other tests run beside this one.
        var pressed = new AsyncLocal<CancellationToken>();
        LongWork.Interrupted = () => pressed.Value;
        var settings = Small with { Size = 48, Steps = 1000, Levels = 1 };
        var (content, style) = (GeneratedStyles.Woodcut(48), GeneratedStyles.Mosaic(48));

        pressed.Value = stop.Token;
        using var painting = StyleTransfer.Paint(net, content, style, settings, new Now(step =>
        {
            step.Preview?.Dispose();
            if (step.Step == 3) stop.Cancel();
        }), CancellationToken.None);
        var drawn = new Count();
        FeatureVisualisation.Draw(net, Objective.Unit("conv2_1", 1), 48, progress: drawn, ct: CancellationToken.None).Dispose();

        Assert.Contains("Cancelled after 3", painting.Stopped);
        Assert.Equal(0, drawn.Steps);
        Assert.Throws<OperationCanceledException>(() => TopPatches.Find(net, ["conv1_1"], [content], ct: CancellationToken.None));
    }

    [Theory]
    [InlineData(PixelOptimizer.GradientDescent)]
    [InlineData(PixelOptimizer.Adam)]
    public void A_diverging_run_stops_says_why_and_keeps_the_best(PixelOptimizer optimizer)
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        var (content, style) = (GeneratedStyles.Woodcut(64, seed: 2), GeneratedStyles.Mosaic(64));

        using var painting = Paint(net, content, style, Small with { Size = 64, Levels = 1, Optimizer = optimizer, LearningRate = 1e4 });

        Assert.Contains("because the cost grew", painting.Stopped);
        Assert.Contains("smaller LearningRate", painting.Stopped);
        Assert.True(painting.Curve.Count < 30);
        Assert.True(painting.Costs.Total <= painting.First.Total && painting.Costs.Total < painting.Curve[^1].Costs.Total);
    }

    [Fact]
    public void A_cost_that_is_no_number_stops_before_the_first_step()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96));

        using var painting = Paint(net, content, style, Small with { Alpha = double.PositiveInfinity, Levels = 1 });

        Assert.Contains("not a finite number", painting.Stopped);
        Assert.True(painting.Picture.isfinite().all().item<bool>());
    }

    [Fact]
    public void Keeping_colours_keeps_each_pixels_hue()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96));

        using var painting = Paint(net, content, style, Small with { KeepColours = true, Steps = 10 });

        var ours = painting.Picture - Colours.Luma(painting.Picture);
        var photos = content - Colours.Luma(content);
        // The colour differences point the same way: the cross product vanishes.
        Assert.True(linalg.cross(ours, photos, dim: 0).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void A_mask_leaves_the_rest_of_the_photo_alone()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (content, style) = (Photos.Get("media/content/coffee.png", 64, 96), GeneratedStyles.Mosaic(96));
        var mask = zeros(64, 96);
        mask.narrow(1, 0, 48).fill_(1);

        using var painting = Paint(net, content, style, Small with { Mask = mask, Steps = 10 });

        var moved = (painting.Picture - content).abs();
        Assert.True(moved.narrow(2, 48, 48).max().item<float>() < 1e-6);
        Assert.True(moved.narrow(2, 0, 48).mean().item<float>() > 0.02);
    }

    [Fact]
    public void Pictures_of_one_pixel_and_panoramas_are_painted_or_refused_in_words()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var style = GeneratedStyles.Mosaic(96);
        var settings = Small with { Size = 64, Steps = 2 };

        using var pixel = Paint(net, full([3, 1, 1], 0.5), style, settings);
        using var wide = Paint(net, rand(3, 40, 200), style, settings);
        var thread = Assert.Throws<ArgumentException>(() => Paint(net, rand(3, 1, 2000), style, settings));
        var grey = Assert.Throws<ArgumentException>(() => Paint(net, rand(1, 64, 64), style, settings));

        Assert.Equal([3, 64, 64], pixel.Picture.shape);
        Assert.True(wide.Picture.size(2) > 2 * wide.Picture.size(1));
        Assert.Contains("too narrow", thread.Message);
        Assert.Contains("[1,64,64]", grey.Message);
    }

    [Fact]
    public void Nothing_to_paint_and_unknown_layers_are_refused_in_words()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var picture = rand(3, 64, 64);

        var nothing = Assert.Throws<ArgumentException>(() => Paint(net, picture, picture, Small with { Alpha = 0, Beta = 0 }));
        var layer = Assert.Throws<ArgumentException>(() => Paint(net, picture, picture, Small with { ContentLayer = "conv4_2" }));

        Assert.Contains("α and β are both 0", nothing.Message);
        Assert.Contains("fire4", layer.Message);
    }

    [Fact]
    public void Settings_and_pictures_that_cannot_work_are_refused_in_words()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        var picture = rand(3, 64, 64);
        Dictionary<string, double> Lambda(double value) => new() { ["conv1_1"] = value };

        Refused("that of conv1_1 is -1", Small with { Lambda = Lambda(-1) });
        Refused("that of conv1_1 is NaN", Small with { Lambda = Lambda(double.NaN) });
        Refused("α and all λ are 0", Small with { Lambda = Lambda(0), Alpha = 0 });
        Refused("total variation cannot be negative", Small with { TotalVariation = -1 });
        Refused("StyleScale", Small with { StyleScale = 0 });
        Refused("must be above 0, not -0.1", Small with { Optimizer = PixelOptimizer.Adam, LearningRate = -0.1 });
        Refused("needs a LearningRate", Small with { Optimizer = PixelOptimizer.GradientDescent });
        Refused("The start picture must be RGB", Small with { StartPicture = rand(64, 64) });
        Refused("A mask must be", Small with { Mask = rand(2, 3, 64, 64) });
        Assert.Contains("by 255", Assert.Throws<ArgumentException>(() => Paint(net, 255 * picture, picture, Small)).Message);

        void Refused(string why, StyleSettings settings) => Assert.Contains(why, Assert.Throws<ArgumentException>(() => Paint(net, picture, picture, settings)).Message);
    }

    [Theory]
    [InlineData(PixelOptimizer.Lbfgs)]
    [InlineData(PixelOptimizer.Adam)]
    public void No_step_leaves_tensors_behind(PixelOptimizer optimizer)
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        var (content, style) = (GeneratedStyles.Woodcut(48), GeneratedStyles.Mosaic(48));
        List<long> live = [];
        var before = Live();

        StyleTransfer.Paint(net, content, style, new() { Size = 48, Steps = 40, Levels = 1, Optimizer = optimizer }, new Now(step =>
        {
            live.Add(Live());
            step.Preview?.Dispose();
        }), TestContext.Current.CancellationToken).Dispose();

        Assert.Equal(before, Live());
        // The steps differ in how often they look before they leap; they do not add up.
        Assert.InRange(live[20..].Min() - live[..20].Min(), -5, 5);

        static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    [Fact]
    public void Total_variation_smooths_and_a_given_picture_is_where_the_painting_starts()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        var (content, style) = (GeneratedStyles.Woodcut(64), GeneratedStyles.Strokes(64));
        var settings = Small with { Size = 64, Steps = 15, Levels = 1 };

        using var rough = Paint(net, content, style, settings);
        using var smooth = Paint(net, content, style, settings with { TotalVariation = 20 });
        using var again = Paint(net, content, style, settings with { Steps = 1, StartPicture = rough.Picture });

        Assert.True(smooth.Costs.TotalVariation < 0.5 * rough.Costs.TotalVariation, $"{smooth.Costs} against {rough.Costs}");
        Assert.Equal(smooth.Alpha * smooth.Costs.Content + smooth.Beta * smooth.Costs.Style + 20 * smooth.Costs.TotalVariation, smooth.Costs.Total, 1e-3 * smooth.Costs.Total);
        Assert.Equal(rough.Costs.Total, again.First.Total, 1e-3 * rough.Costs.Total);
    }

    [Fact]
    public void A_network_in_bfloat16_paints_the_same_style_for_the_judgement_of_float32()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        using var half = CourseNet.Load().InBFloat16();
        var (content, style) = (GeneratedStyles.Woodcut(64), GeneratedStyles.Strokes(64));
        var settings = Small with { Size = 64, Levels = 1 };

        using var exact = Paint(net, content, style, settings);
        using var quick = Paint(half, content, style, settings);

        using var problem = new StyleProblem(net, content, style);
        var (start, wanted, got) = (problem.Costs(content).Style, problem.Costs(exact.Picture).Style, problem.Costs(quick.Picture).Style);
        using var cam = Saliency.GradCam(net, content, "conv3_1", Objective.Unit("conv4_1", 3));
        using var quickCam = Saliency.GradCam(half, content, "conv3_1", Objective.Unit("conv4_1", 3));
        Assert.True((cam - quickCam).abs().mean().item<float>() < 0.05, "gradients reach a layer's maps in bfloat16 too");
        Assert.True(got < 0.15 * start && got < 1.3 * wanted, $"{got} against {wanted}, from {start}");
    }

    [Fact]
    public void The_generated_styles_are_the_same_every_time_and_differ_from_each_other()
    {
        using var _ = NewDisposeScope();

        Assert.True(GeneratedStyles.Strokes(64).equal(GeneratedStyles.Strokes(64)).all().item<bool>());
        Assert.False(GeneratedStyles.Strokes(64).equal(GeneratedStyles.Strokes(64, seed: 2)).all().item<bool>());
        Assert.All(new[] { GeneratedStyles.Strokes(64), GeneratedStyles.Mosaic(64), GeneratedStyles.Woodcut(64) }, p => Assert.True(p.std().item<float>() > 0.1));
    }

    private sealed class Count : IProgress<(int Step, double Value)>
    {
        public int Steps { get; private set; }

        public void Report((int Step, double Value) value) => Steps++;
    }

    private sealed class Now(Action<StyleStep> told) : IProgress<StyleStep>
    {
        public void Report(StyleStep value) => told(value);
    }
}
