using System.Runtime.InteropServices;
using SkiaSharp;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Photos of people who do not exist: an identity is a seed, a photo of it varies in pose, light, expression, noise and background.</summary>
/// <remarks>Nobody's face is needed, so nothing private is. The same arguments give the same pictures.</remarks>
public static class SyntheticFaces
{
    /// <summary>Draws a set.</summary>
    /// <param name="people">How many people.</param>
    /// <param name="picturesEach">How many photos of each.</param>
    /// <param name="size">Pixels of each side.</param>
    /// <param name="firstPerson">The seed of the first person; the others follow. Sets whose seeds do not overlap share nobody.</param>
    /// <param name="difficulty">How much photos of one person vary: 0 not at all, 1 as in the course.</param>
    /// <returns>[people·picturesEach,3,size,size].</returns>
    public static FaceSet Draw(int people, int picturesEach, int size = 48, int firstPerson = 1, double difficulty = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(picturesEach, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        var who = Enumerable.Range(firstPerson, people).SelectMany(p => Enumerable.Repeat(p, picturesEach)).ToArray();
        var each = 3 * size * size;
        var pixels = new float[(long)who.Length * each];
        Parallel.For(0, who.Length, i => Photo(who[i], i % picturesEach, size, difficulty, pixels.AsSpan(i * each, each)));
        using var scope = NewDisposeScope();
        return new FaceSet(tensor(pixels, [who.Length, 3, size, size]).MoveToOuterDisposeScope(), who, p => $"synthetic {p}");
    }

    private static void Photo(int person, int photo, int size, double difficulty, Span<float> into)
    {
        var random = Seeds.At(person, photo);
        using var bitmap = new SKBitmap(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap)) new FacePainter(canvas, SyntheticPerson.FromSeed(person), random, (float)difficulty).Paint(size);

        // Light falls from one side, a lens tints, a sensor has noise.
        double Swing(double most) => ((random.NextDouble() * 2) - 1) * most * difficulty;
        var (light, across, down, noise) = (1 + Swing(0.35), Swing(0.35), Swing(0.25), 0.05 * difficulty * random.NextDouble());
        double[] tint = [1 + Swing(0.12), 1 + Swing(0.08), 1 + Swing(0.12)];
        var rgba = MemoryMarshal.AsBytes(bitmap.GetPixelSpan());
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var here = light + (across * ((2.0 * x / size) - 1)) + (down * ((2.0 * y / size) - 1));
                for (var c = 0; c < 3; c++)
                {
                    var grain = (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2 * noise;
                    into[(((c * size) + y) * size) + x] = (float)Math.Clamp((rgba[(((y * size) + x) * 4) + c] / 255.0 * here * tint[c]) + grain, 0, 1);
                }
            }
        }
    }
}
