using FaceCourse.Activations;
using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Tests;

public sealed class PictureSliderTests
{
    private static readonly Tile[] Three = [new("data:image/png;base64,AA==", "one"), new("data:image/png;base64,BB==", "two & a half"), new("data:image/png;base64,CC==", "three", "the third")];

    [Fact]
    public void It_opens_at_the_picture_asked_for_and_says_so_to_a_screen_reader()
    {
        var html = PictureSlider.Of(Three, "step", first: -1).ToHtml();

        Assert.Contains("<input type=\"range\" min=\"0\" max=\"2\" value=\"2\"", html);
        Assert.Contains("alt=\"the third\"", html);
        Assert.Contains("aria-live=\"polite\">three<", html);
        Assert.Contains("data:image/png;base64,AA==", html);
    }

    [Fact]
    public void Captions_are_text_and_never_markup()
    {
        var html = PictureSlider.Of(Three, "<b>layer</b>", first: 1).ToHtml();

        Assert.Contains("two &amp; a half", html);
        Assert.DoesNotContain("<b>layer</b>", html);
    }

    [Fact]
    public void No_picture_is_refused_in_words() => Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => PictureSlider.Of([], "step")).Message);

    [Fact]
    public void A_film_keeps_every_preview_and_frees_it()
    {
        using var scope = NewDisposeScope();
        var film = new PaintingFilm(zeros(3, 8, 8));
        var preview = ones(3, 8, 8).DetachFromDisposeScope();
        var step = new StyleStep(5, 10, 8, 8, new(1, 2, 0, 3), TimeSpan.Zero, preview);

        var live = new List<string>();
        Assert.Contains("before the first step", film.Latest.AlternativeText);
        film.Live = picture => live.Add(picture.ToHtml());
        film.Report(step with { Preview = null });
        film.Report(step);

        Assert.Equal(["before the first step", "step 5: J(G) = 3"], film.Frames.Select(f => f.Caption));
        Assert.True(preview.IsInvalid);
        Assert.Contains("J(G) = 3, 0 s left", Assert.Single(live));
        Assert.Contains("step 5", film.Latest.AlternativeText);
        Assert.Contains("before the first step", new PaintingFilm().Latest.AlternativeText);
        Assert.Contains("value=\"1\"", film.ToWidget().ToHtml());
    }

    [Fact]
    public void The_layer_picker_and_the_patch_squares_show_every_layer_and_unit()
    {
        using var scope = NewDisposeScope();
        using var net = CourseNet.Load();
        using var photo = new Photo(GeneratedStyles.Strokes(128), "strokes");
        using var patches = TopPatches.Find(net, ["conv1_1", "conv3_1"], PhotoPieces.Of([photo], 12, side: 64), ct: TestContext.Current.CancellationToken);

        var picker = ActivationCharts.LayerPicker(net, photo.Pixels, ["conv1_1", "conv5_1"]);
        var squares = ActivationCharts.PatchSquares(patches, "conv3_1", patches.Liveliest("conv3_1", 3));

        Assert.Contains("max=\"1\"", picker.ToHtml());
        Assert.Contains("conv5_1: 192 maps of 8×8", picker.ToHtml().Replace("\\u00D7", "×", StringComparison.Ordinal));
        Assert.Equal(3, squares.ToHtml().Split("<img").Length - 1);
        Assert.True(patches.Alike("conv1_1").Own > patches.Alike("conv1_1").Other);
    }

    [Fact]
    public void Cost_charts_tell_their_numbers_in_words()
    {
        var curves = StyleCharts.CostCurves([("slow", [8, 4]), ("fast", [8, 0.5])], "J(G)");
        var shares = StyleCharts.ByLayer([("without", new Dictionary<string, double> { ["conv1_1"] = 0.25 })]);
        var changed = StyleCharts.Changed(("weights", 0, 10), ("pixels", 9, 10));

        Assert.Contains("fast goes from 8 to 0.5 in 2 steps", curves.AlternativeText);
        Assert.Contains("without: conv1_1 25", shares.AlternativeText);
        Assert.Contains("pixels: 9 of 10 changed", changed.AlternativeText);
        Assert.Contains("\"log\"", curves.ToJson());
    }
}
