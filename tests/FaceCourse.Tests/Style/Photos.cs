using FaceCourse.Assets;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Style;

/// <summary>The real photos and paintings, small, for tests; a missing one skips the test.</summary>
internal static class Photos
{
    public static readonly string[] Contents = ["media/content/astronaut.png", "media/content/chelsea.png", "media/content/coffee.png", "media/content/rocket.jpg"];
    public static readonly string[] Styles = ["media/style/starry_night.jpg", "media/style/great_wave.jpg", "media/style/the_scream.jpg"];

    /// <summary>[3,H,W] in 0…1.</summary>
    public static Tensor Get(string name, int height, int width, bool smooth = true)
    {
        using var whole = SKBitmap.Decode(Path(name));
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < height && !smooth; y++)
        {
            for (var x = 0; x < width; x++) bitmap.SetPixel(x, y, whole.GetPixel((2 * x + 1) * whole.Width / (2 * width), (2 * y + 1) * whole.Height / (2 * height)));
        }

        if (smooth) whole.ScalePixels(bitmap, SKFilterQuality.High);
        using var bytes = tensor(bitmap.Bytes).view(height, width, 4);
        return bytes[.., .., ..3].permute(2, 0, 1).to(float32) / 255;
    }

    public static string Path(string name)
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal(name, out var path), $"{name} is not on this machine");
        return path;
    }
}
