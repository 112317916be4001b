using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>What cameras and networks do to photographs: less light, fewer pixels, blur, noise, compression.</summary>
/// <remarks>Each returns a new photo and leaves the old one as it is.</remarks>
public static class PhotoEffects
{
    /// <summary>Multiplies the light: 0.4 is dusk, 1.6 an overexposed window seat.</summary>
    public static Photo WithLight(this Photo photo, double factor) => photo.With(x => x.mul(factor).clamp(0, 1), $"light ×{factor:0.##}");

    /// <summary>Scales the photo; 0.5 halves both sides.</summary>
    public static Photo WithSize(this Photo photo, double factor) => photo.With(
        x => Resize(x, Math.Max(1, (int)Math.Round(photo.Height * factor)), Math.Max(1, (int)Math.Round(photo.Width * factor))), $"size ×{factor:0.##}");

    /// <summary>Saves the photo as JPEG of this quality (1 to 100) and opens it again.</summary>
    public static Photo WithJpeg(this Photo photo, int quality) => photo.With(
        x => ImageFile.Decode(ImageFile.ToJpeg(x, quality)), $"JPEG quality {quality}");

    /// <summary>Gaussian blur.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="sigma">The standard deviation in pixels.</param>
    public static Photo WithBlur(this Photo photo, double sigma) => photo.With(
        x =>
        {
            var radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
            var at = arange(-radius, radius + 1, dtype: float32);
            var bell = at.square().div(-2 * sigma * sigma).exp();
            bell = bell.div(bell.sum());
            var padded = nn.functional.pad(x.unsqueeze(0), [radius, radius, radius, radius], TorchSharp.PaddingModes.Replicate);
            var across = nn.functional.conv2d(padded, bell.view(1, 1, 1, -1).expand(3, 1, 1, -1), groups: 3);
            return nn.functional.conv2d(across, bell.view(1, 1, -1, 1).expand(3, 1, -1, 1), groups: 3).squeeze(0);
        },
        $"blur σ = {sigma:0.#}");

    /// <summary>Adds Gaussian noise, as a sensor does in the dark.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="sigma">The standard deviation, on the scale where white is 1.</param>
    /// <param name="seed">The same seed gives the same noise.</param>
    public static Photo WithNoise(this Photo photo, double sigma, int seed = 1) => photo.With(
        x => x.add(randn(x.shape, generator: new Generator((ulong)seed, CPU)).mul(sigma)).clamp(0, 1), $"noise σ = {sigma:0.##}");

    private static Tensor Resize(Tensor x, int height, int width) => height < x.shape[1] ? Resample.Area(x, height, width) : Resample.Bilinear(x, height, width);
}
