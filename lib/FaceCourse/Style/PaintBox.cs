using FaceCourse.Assets;
using FaceCourse.ConvNets;
using FaceCourse.Faces;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>What there is to paint with on this machine: the best network, photos and paintings, and always something.</summary>
/// <remarks>
/// Nothing is downloaded for it, except the npm package that the sample photos come in. Without VGG-19 the course's own
/// network looks, without the paintings the project's own drawings lend their style; <see cref="Missing"/> says so.
/// </remarks>
/// <example><code>var box = PaintBox.Open();
/// using var painting = StyleTransfer.Paint(box.Net, box.Content.Pixels, box.Style.Pixels);</code></example>
public sealed class PaintBox
{
    private const string Vgg = "convnet/vgg19_tfjs";

    private static readonly string[] ContentNames = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"];
    private static readonly string[] StyleNames = ["starry_night.jpg", "great_wave.jpg", "the_scream.jpg"];

    private PaintBox(ConvNet net, IReadOnlyList<Photo> contents, IReadOnlyList<Photo> styles, IReadOnlyList<string> missing) =>
        (Net, Contents, Styles, Missing) = (net, contents, styles, missing);

    /// <summary>The network that looks: VGG-19 as far as its weights are here, or CourseNet.</summary>
    public ConvNet Net { get; }

    /// <summary>Photos to keep the content of; at least two, RGB, longest side at most 512 pixels.</summary>
    public IReadOnlyList<Photo> Contents { get; }

    /// <summary>Pictures to take the style of: at least three, RGB, longest side at most 512 pixels.</summary>
    public IReadOnlyList<Photo> Styles { get; }

    /// <summary>The first photo.</summary>
    public Photo Content => Contents[0];

    /// <summary>The first style.</summary>
    public Photo Style => Styles[0];

    /// <summary>What would be better and is not here, in sentences; empty when all is here.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Opens it.</summary>
    /// <param name="store">Null for the course's own.</param>
    /// <exception cref="AssetException">Not even the sample photos' npm package is to be had.</exception>
    public static PaintBox Open(AssetStore? store = null)
    {
        store ??= AssetStore.Default;
        List<string> missing = [];
        ConvNet net;
        if (store.Catalogue.Below(Vgg).All(f => store.TryGetLocal(f.Name, out _)))
        {
            net = Vgg19.Load(store.GetFolder(Vgg), Pooling.Average);
        }
        else
        {
            net = CourseNet.Load();
            missing.Add($"CourseNet looks instead of VGG-19: {Fetch(Vgg)} would fetch the larger network.");
        }

        var contents = Local(store, "media/content", ContentNames);
        if (contents.Count < 2)
        {
            contents = [Portrait(store), Small(SamplePhotos.Load(4, store)), Small(SamplePhotos.Load(3, store)), Small(SamplePhotos.Load(5, store))];
            missing.Add("The sample photos of the npm package stand in for the astronaut, the cat and the coffee of media/content.");
        }

        var styles = Local(store, "media/style", StyleNames);
        if (styles.Count < 3)
        {
            styles = [new(GeneratedStyles.Strokes(seed: 1), "brush strokes"), new(GeneratedStyles.Woodcut(seed: 1), "woodcut waves"), new(GeneratedStyles.Mosaic(seed: 2), "mosaic")];
            missing.Add("Styles drawn by this project stand in for The Starry Night, The Great Wave and The Scream of media/style.");
        }

        return new(net, contents, styles, missing);
    }

    /// <summary>What is in it, a line each; what is missing last.</summary>
    public override string ToString() => string.Join('\n',
        [$"network: {Net.GetName()}, {Net.Layers.Count} layers", $"photos: {string.Join(", ", Contents.Select(p => p.Name))}", $"styles: {string.Join(", ", Styles.Select(p => p.Name))}", .. Missing]);

    private static string Fetch(string name) => $"AssetStore.Default.GetFolder(\"{name}\")";

    private static List<Photo> Local(AssetStore store, string folder, string[] names) =>
        [.. names.Select(n => store.TryGetLocal($"{folder}/{n}", out var path) ? path : "").Where(p => p.Length > 0).Select(p => Small(Photo.Load(p)))];

    /// <summary>Heads of the sixth sample photo: a face is the hardest content to keep.</summary>
    private static Photo Portrait(AssetStore store)
    {
        using var whole = SamplePhotos.Load(6, store);
        using var scope = NewDisposeScope();
        var side = Math.Min(whole.Height, whole.Width) * 5 / 8;
        return Small(new Photo(whole.Pixels.narrow(1, whole.Height / 10, side).narrow(2, whole.Width / 4, side).clone(), "portrait"));
    }

    private static Photo Small(Photo photo)
    {
        var scale = 512.0 / Math.Max(photo.Width, photo.Height);
        if (scale >= 1) return photo;
        using var large = photo;
        return new(Resample.Area(photo.Pixels, (int)Math.Round(photo.Height * scale), (int)Math.Round(photo.Width * scale)), photo.Name);
    }
}
