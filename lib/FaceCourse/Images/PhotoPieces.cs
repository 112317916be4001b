using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>A few photos as many pictures: squares cut out at random, each scaled to one size.</summary>
/// <example><code>using var patches = TopPatches.Find(net, layers, PhotoPieces.Of(photos, count: 600));</code></example>
public static class PhotoPieces
{
    /// <summary>Cuts the pieces one by one as they are asked for, so that they need no memory together.</summary>
    /// <param name="photos">At least one, each side at least 16 pixels; they take turns.</param>
    /// <param name="count">How many pieces.</param>
    /// <param name="side">Side of each piece after scaling, in pixels.</param>
    /// <param name="seed">The same seed gives the same pieces.</param>
    /// <returns>[3,side,side] each, values 0…1; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">There is no photo, or one is too small.</exception>
    public static IEnumerable<Tensor> Of(IReadOnlyList<Photo> photos, int count, int side = 96, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (photos.Count == 0) throw new ArgumentException("There is no photo to cut pieces from: give at least one.", nameof(photos));
        if (photos.FirstOrDefault(p => Math.Min(p.Width, p.Height) < 16) is { } small)
        {
            throw new ArgumentException($"{small} is too small to cut pieces from; its sides must be at least 16 pixels.", nameof(photos));
        }

        return Cut();

        IEnumerable<Tensor> Cut()
        {
            var random = new Random(seed);
            for (var i = 0; i < count; i++)
            {
                var photo = photos[i % photos.Count];
                var most = Math.Min(photo.Width, photo.Height);
                // From a detail to most of the photo, each scale as likely.
                var cut = (int)Math.Clamp(side / 2 * Math.Pow(2.0 * most / side, random.NextDouble()), 16, most);
                using var scope = NewDisposeScope();
                var piece = photo.Pixels.narrow(1, random.Next(photo.Height - cut + 1), cut).narrow(2, random.Next(photo.Width - cut + 1), cut);
                yield return (cut > side ? Resample.Area(piece, side, side) : Resample.Bilinear(piece, side, side)).MoveToOuterDisposeScope();
            }
        }
    }
}
