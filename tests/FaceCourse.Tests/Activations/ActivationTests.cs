using FaceCourse.Activations;
using FaceCourse.ConvNets;
using FaceCourse.Style;
using FaceCourse.Tests.ConvNets;
using FaceCourse.Tests.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Activations;

public sealed class ActivationTests
{
    private static readonly string[] FiveLayers = ["conv1", "fire2", "fire4", "fire6", "fire9"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static List<Tensor> Pictures() =>
        [.. Photos.Contents.Append("convnet/cat.jpeg").SelectMany(n => new[] { Photos.Get(n, 128, 128), Photos.Get(n, 128, 128).flip(2).roll(20, 1), 1 - Photos.Get(n, 128, 128) })];

    [Fact]
    public void The_nine_patches_of_a_unit_are_those_a_search_of_every_position_finds()
    {
        using var _ = NewDisposeScope();
        using var quiet = no_grad();
        using var net = ConvNetTests.Squeeze();
        var pictures = Pictures();

        using var found = TopPatches.Find(net, FiveLayers, pictures, batch: 4, ct: Ct);

        foreach (var (layer, unit) in new[] { ("conv1", 5), ("fire4", 40), ("fire9", found.Liveliest("fire9", 1)[0]) })
        {
            var expected = pictures.Select(p => net.Activation(p, layer)[0, unit].max().item<float>()).Where(v => v > 0).OrderDescending().Take(9).ToList();
            var patches = found.Of(layer, unit);

            Assert.Equal(expected.Count, patches.Count);
            for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], patches[i].Activation, 1e-3 * expected[i]);
            Assert.Equal(patches.Count, patches.Select(p => p.Picture).Distinct().Count());
            var box = patches[0].Box;
            var original = pictures[patches[0].Picture].narrow(1, box.Top, box.Height).narrow(2, box.Left, box.Width);
            Assert.True((patches[0].Pixels.to(float32) / 255 - original).abs().max().item<float>() < 0.01);
        }
    }

    [Fact]
    public void Pictures_are_streamed_and_may_be_freed_once_they_were_looked_at()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var picture = Photos.Get("media/content/coffee.png", 64, 64);
        var freed = 0;
        IEnumerable<Tensor> Stream()
        {
            var recent = new Queue<Tensor>();
            for (var i = 0; i < 200; i++)
            {
                recent.Enqueue(picture.roll(i, 2));
                yield return recent.Last();
                if (recent.Count <= 16) continue;
                recent.Dequeue().Dispose();
                freed++;
            }
        }

        using var found = TopPatches.Find(net, ["fire2"], Stream(), batch: 8, ct: Ct);

        Assert.Equal((200, 184), (found.Pictures, freed));
        Assert.All(Enumerable.Range(0, 128), unit => Assert.True(found.Of("fire2", unit).Count <= 9));
    }

    [Fact]
    public void An_unknown_unit_or_layer_is_refused_in_words()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        using var found = TopPatches.Find(net, ["conv1"], [rand(3, 64, 64)], ct: Ct);

        Assert.Contains("0 to 63", Assert.Throws<ArgumentException>(() => found.Of("conv1", 64)).Message);
        Assert.Contains("conv1", Assert.Throws<ArgumentException>(() => found.Of("fire2", 0)).Message);
        Assert.Contains("0 to 63", Assert.Throws<ArgumentException>(() => Objective.Unit("conv1", 99).Of(net, rand(3, 64, 64))).Message);
    }

    [Fact]
    public void A_drawn_picture_excites_its_unit_more_than_any_photo_does()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var unit = Objective.Unit("fire3", 7);

        using var drawn = FeatureVisualisation.Draw(net, unit, size: 64, steps: 40, ct: Ct);
        using var again = FeatureVisualisation.Draw(net, unit, size: 64, steps: 40, ct: Ct);

        var best = Photos.Contents.Max(n => unit.Of(net, Photos.Get(n, 64, 64)).item<float>());
        var value = unit.Of(net, drawn).item<float>();
        Assert.True(value > 1.5 * best, $"{value} against {best}");
        Assert.True(drawn.allclose(again, 1e-2, 1e-2));
    }

    [Fact]
    public void Objectives_add_subtract_and_scale()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var (a, b, picture) = (Objective.Unit("fire2", 3), Objective.Unit("fire3", 4), Photos.Get("media/content/coffee.png", 64, 64));

        var both = 2 * a - b * 0.5 + Objective.Layer("conv1");

        var expected = 2 * a.Of(net, picture).item<float>() - 0.5 * b.Of(net, picture).item<float>() + Objective.Layer("conv1").Of(net, picture).item<float>();
        Assert.Equal(expected, both.Of(net, picture).item<float>(), 1e-4 * Math.Abs(expected));
    }

    [Fact]
    public void Saliency_and_Grad_CAM_of_the_cat_lie_on_the_cat_and_not_outside_the_field()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var cat = Photos.Get("convnet/cat.jpeg", 227, 227);
        var tabby = Objective.Unit("conv10", net.Classify(cat, 1)[0].Index);

        using var cam = Saliency.GradCam(net, cat, "fire9", tabby);
        using var pixels = Saliency.Gradient(net, cat, Objective.Centre("fire3", 7));

        Assert.Equal([227, 227], cam.shape);
        Assert.Equal(1, cam.max().item<float>(), 1e-5);
        var side = net.FieldOf("fire3").Size + 2;
        var inside = pixels.narrow(0, 113 - side / 2 - 4, side + 8).narrow(1, 113 - side / 2 - 4, side + 8).sum().item<float>();
        Assert.Equal(pixels.sum().item<float>(), inside, 1e-3);
        // Without the part that the map points at, the class loses more than without the part it leaves out.
        var important = (cam > 0.5).to(float32);
        var covered = important.sum().item<float>();
        var least = (cam <= cam.flatten().sort().Values[(long)covered - 1]).to(float32);
        double Left(Tensor hidden) => tabby.Of(net, cat * (1 - hidden) + 0.5 * hidden).item<float>();
        Assert.True(Left(important) < Left(least));
    }

    [Fact]
    public void Grad_CAM_of_a_layer_after_the_objective_is_refused()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();

        var error = Assert.Throws<ArgumentException>(() => Saliency.GradCam(net, rand(3, 96, 96), "fire9", Objective.Unit("fire2", 1)));

        Assert.Contains("fire2", error.Message);
    }

    [Fact]
    public void Units_that_love_a_picture_answer_to_it_more_than_to_others()
    {
        using var _ = NewDisposeScope();
        using var quiet = no_grad();
        using var net = ConvNetTests.Squeeze();
        var usual = Photos.Contents.Select(n => Photos.Get(n, 96, 96)).ToList();
        var mosaic = GeneratedStyles.Mosaic(96);

        var found = UnitFinder.Loving(net, mosaic, ["fire2", "fire4"], usual, count: 5);

        Assert.Equal(5, found.Count);
        Assert.All(found, f => Assert.All(usual, p => Assert.True(Mean(mosaic, f) > Mean(p, f))));

        float Mean(Tensor p, FoundUnit f) => net.Activation(p, f.Layer)[0, f.Unit].mean().item<float>();
    }

    [Fact]
    public void A_pattern_typed_as_rows_is_a_picture_and_units_love_it()
    {
        using var _ = NewDisposeScope();
        using var quiet = no_grad();
        using var net = CourseNet.Load();
        var upright = Pattern.Of([.. Enumerable.Repeat("#.#.#.#.#.#.#.#.#.#.#.#.", 24)]);
        var usual = new[] { GeneratedStyles.Woodcut(96), GeneratedStyles.Strokes(96), GeneratedStyles.Mosaic(96) };

        var cross = Pattern.Of("r.", "+b");

        Assert.Equal([3, 96, 96], cross.shape);
        Assert.Equal([0.85f, 1f, 0.5f, 0.1f], new[] { cross[0, 0, 0], cross[0, 0, 95], cross[0, 95, 0], cross[0, 50, 50] }.Select(t => t.item<float>()));
        var best = UnitFinder.Loving(net, upright, ["conv2_1"], usual, count: 1)[0];
        Assert.True(Mean(upright) > 2 * Mean(upright.transpose(1, 2)), "a unit that loves upright bars should like lying ones less");

        float Mean(Tensor p) => net.Activation(p, best.Layer)[0, best.Unit].mean().item<float>();
    }

    [Fact]
    public void A_pattern_that_is_no_rectangle_of_known_letters_is_refused_in_words()
    {
        Assert.Contains("at least one row", Assert.Throws<ArgumentException>(() => Pattern.Of()).Message);
        Assert.Contains("\"#\" has 1", Assert.Throws<ArgumentException>(() => Pattern.Of("..", "#")).Message);
        Assert.Contains("'q'", Assert.Throws<ArgumentException>(() => Pattern.Of("..", "#q")).Message);
        Assert.Contains("at most 96", Assert.Throws<ArgumentException>(() => Pattern.Of(new string('#', 97))).Message);
    }

    [Fact]
    public void A_word_names_classes_whose_drawn_picture_finds_the_class_again()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();

        Assert.Contains(281, net.ClassesNamed("cat"));
        Assert.All(net.ClassesNamed("Cat"), c => Assert.Matches(@"(?i)\bcat\b", net.Labels[c]));
        Assert.Empty(net.ClassesNamed("n02123045"));
        Assert.Equal([980], net.ClassesNamed("volcano"));
        using var volcano = FeatureVisualisation.Draw(net, Objective.Unit("conv10", 980), size: 96, steps: 40, ct: Ct);

        Assert.Equal(980, net.Classify(volcano, 1)[0].Index);
    }

    [Fact]
    public void The_ladder_rises_fields_grow_and_deep_layers_care_more_how_things_are_arranged()
    {
        using var _ = NewDisposeScope();
        using var net = ConvNetTests.Squeeze();
        var photos = Photos.Contents.Concat(Photos.Styles).Append("convnet/cat.jpeg").Select(n => Photos.Get(n, 128, 128)).ToList();

        var rungs = Ladder.Measure(net, FiveLayers, photos);

        Assert.Equal(rungs.Select(r => r.Field).Order(), rungs.Select(r => r.Field));
        Assert.True(rungs[^1].Arrangement > 3 * rungs[0].Arrangement);
        Assert.All(rungs, r => Assert.InRange(r.Orientation, 0, 1));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join("\n", rungs));
    }
}
