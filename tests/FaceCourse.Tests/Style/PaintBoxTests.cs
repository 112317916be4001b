using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Style;

public sealed class PaintBoxTests
{
    [Fact]
    public void Without_a_mirror_there_is_still_a_network_photos_and_styles_and_it_says_what_would_be_better()
    {
        using var _ = NewDisposeScope();
        var store = new AssetStore(new() { MirrorFolder = null, BaseAddress = null });
        Assert.SkipUnless(store.TryGetLocal("face-api/demo/sample6.jpg", out var _), "the sample photos are not on this machine");
        Assert.SkipWhen(store.TryGetLocal("media/style/starry_night.jpg", out var _), "the paintings are in this machine's cache");

        var box = PaintBox.Open(store);

        Assert.IsType<CourseNet>(box.Net);
        Assert.True(box.Contents.Count >= 2 && box.Styles.Count >= 3);
        Assert.Equal(3, box.Missing.Count);
        Assert.Contains("VGG-19", box.ToString());
        Assert.All(box.Contents.Concat(box.Styles), p => Assert.InRange(Math.Max(p.Width, p.Height), 64, 512));
    }

    [Fact]
    public void What_is_on_the_machine_is_used()
    {
        using var _ = NewDisposeScope();
        Photos.Path("convnet/vgg19_tfjs/group8-shard1of1");
        foreach (var name in Photos.Contents.Concat(Photos.Styles)) Photos.Path(name);

        var box = PaintBox.Open();

        Assert.IsType<Vgg19>(box.Net);
        Assert.Equal(("astronaut", "starry_night"), (box.Content.Name, box.Style.Name));
        Assert.Empty(box.Missing);
    }

    [Fact]
    public void A_networks_fingerprint_changes_with_any_weight()
    {
        using var _ = NewDisposeScope();
        using var net = CourseNet.Load();
        var before = net.Fingerprint();

        using (no_grad()) net.parameters().Last()[0] += 0.001f;

        Assert.Equal(64, before.Length);
        Assert.NotEqual(before, net.Fingerprint());
    }
}
