using FaceCourse.Images;
using SkiaSharp;
using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>Style pictures that this project draws itself, for machines without downloads. A seed always gives the same picture.</summary>
/// <example><code>using var waves = GeneratedStyles.Woodcut();</code></example>
public static class GeneratedStyles
{
    private static readonly SKColor[][] Palettes =
    [
        [new(0x14, 0x21, 0x3D), new(0x1F, 0x4E, 0x8C), new(0x3F, 0x88, 0xC5), new(0x8E, 0xC0, 0xE4), new(0xF4, 0xD3, 0x5E), new(0xF7, 0xF0, 0xD5)],
        [new(0x2B, 0x15, 0x15), new(0x8C, 0x2F, 0x1B), new(0xD9, 0x5D, 0x39), new(0xF1, 0x8F, 0x01), new(0xF6, 0xC9, 0x8E), new(0x2E, 0x50, 0x66)],
        [new(0x10, 0x2A, 0x2B), new(0x1F, 0x6F, 0x5C), new(0x6A, 0xA8, 0x4F), new(0xD0, 0xD7, 0x6A), new(0xF3, 0xEB, 0xC6), new(0xA6, 0x3D, 0x40)],
        [new(0x22, 0x17, 0x2E), new(0x5B, 0x2A, 0x86), new(0xA3, 0x4F, 0xB5), new(0xE8, 0x8A, 0xC0), new(0xFA, 0xD7, 0xE2), new(0x2A, 0x9D, 0x8F)],
    ];

    /// <summary>Thousands of brush strokes along a swirling field, in the manner of thick oil paint.</summary>
    /// <param name="size">Side of the square picture, in pixels.</param>
    /// <param name="seed">Chooses field, palette and strokes.</param>
    /// <returns>[3,size,size], RGB, values 0…1.</returns>
    public static Tensor Strokes(int size = 384, int seed = 1) => Draw(size, (canvas, random) =>
    {
        var palette = Palettes[(seed - 1 & int.MaxValue) % Palettes.Length];
        canvas.Clear(palette[1]);
        var centres = Enumerable.Range(0, 5).Select(_ => (X: random.NextDouble() * size, Y: random.NextDouble() * size, Turn: random.NextDouble() < 0.5 ? 1 : -1)).ToArray();
        var length = size / 14f;
        for (var i = 0; i < 2600; i++)
        {
            var (x, y) = (random.NextDouble() * size, random.NextDouble() * size);
            var nearest = centres.MinBy(c => (c.X - x) * (c.X - x) + (c.Y - y) * (c.Y - y));
            var distance = Math.Sqrt(Math.Pow(nearest.X - x, 2) + Math.Pow(nearest.Y - y, 2)) / size;
            // Light near a swirl's centre, dark far away; a few strokes break the rule.
            var shade = Math.Clamp((int)(palette.Length * (1 - 3.2 * distance) + random.NextDouble() * 2 - 0.5), 0, palette.Length - 1);
            using var path = new SKPath();
            path.MoveTo((float)x, (float)y);
            for (var step = 0; step < 6; step++)
            {
                var angle = Math.Atan2(y - nearest.Y, x - nearest.X) + nearest.Turn * (Math.PI / 2 + 0.25);
                (x, y) = (x + length / 5 * Math.Cos(angle), y + length / 5 * Math.Sin(angle));
                path.LineTo((float)x, (float)y);
            }

            Stroke(canvas, path, Vary(palette[shade], random, 22), size / 70f * (float)(0.7 + random.NextDouble()));
        }
    }, seed);

    /// <summary>A mosaic of small uneven tiles in dark grout, set in colour bands.</summary>
    /// <inheritdoc cref="Strokes"/>
    public static Tensor Mosaic(int size = 384, int seed = 1) => Draw(size, (canvas, random) =>
    {
        var palette = Palettes[(seed & int.MaxValue) % Palettes.Length];
        canvas.Clear(palette[0]);
        var tile = size / 26f;
        var (wave, shift) = (1.5 + 2 * random.NextDouble(), random.NextDouble() * 6);
        for (var row = 0f; row < size + tile; row += tile)
        {
            for (var column = 0f; column < size + tile; column += tile)
            {
                var band = Math.Sin(wave * 2 * Math.PI * column / size + shift) + Math.Cos(wave * 2 * Math.PI * row / size) + row / size;
                var colour = palette[1 + (((int)Math.Floor(band * 1.7) % (palette.Length - 1)) + palette.Length - 1) % (palette.Length - 1)];
                using var path = new SKPath();
                SKPoint Corner(float dx, float dy) => new(column + tile * (dx + 0.12f * (float)(random.NextDouble() - 0.5)), row + tile * (dy + 0.12f * (float)(random.NextDouble() - 0.5)));
                path.AddPoly([Corner(0.06f, 0.06f), Corner(0.92f, 0.06f), Corner(0.92f, 0.92f), Corner(0.06f, 0.92f)]);
                using var paint = new SKPaint { Color = Vary(colour, random, 26), IsAntialias = true };
                canvas.DrawPath(path, paint);
            }
        }
    }, seed);

    /// <summary>Rows of curling waves in flat colours and dark outlines, in the manner of a colour woodcut.</summary>
    /// <inheritdoc cref="Strokes"/>
    public static Tensor Woodcut(int size = 384, int seed = 1) => Draw(size, (canvas, random) =>
    {
        var palette = Palettes[(seed - 1 & int.MaxValue) % Palettes.Length];
        canvas.Clear(palette[^1]);
        for (var row = 0; row < 9; row++)
        {
            var level = size * (0.05f + 0.12f * row);
            var (length, height, shift) = (size * (0.2f + 0.12f * random.NextDouble()), size * 0.05f, random.NextDouble() * 6);
            using var crest = new SKPath();
            crest.MoveTo(0, size);
            for (var x = 0; x <= size; x += 2)
            {
                var phase = 2 * Math.PI * x / length + shift;
                // A sharpened sine: steep crests, wide troughs.
                crest.LineTo(x, (float)(level - height * (Math.Pow(0.5 + 0.5 * Math.Sin(phase), 3) * 2 - 0.6)));
            }

            crest.LineTo(size, size);
            crest.Close();
            using var fill = new SKPaint { Color = palette[1 + row % (palette.Length - 2)], IsAntialias = true };
            canvas.DrawPath(crest, fill);
            Stroke(canvas, crest, palette[0], size / 130f);
            for (var line = 1; line <= 4; line++)
            {
                canvas.Save();
                canvas.ClipPath(crest, SKClipOperation.Intersect, true);
                canvas.Translate(0, line * size * 0.022f);
                Stroke(canvas, crest, line % 2 == 0 ? palette[^1] : palette[0], size / (line % 2 == 0 ? 160f : 260f));
                canvas.Restore();
            }
        }
    }, seed);

    private static Tensor Draw(int size, Action<SKCanvas, Random> draw, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 4096);
        using var bitmap = new SKBitmap(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        draw(canvas, new Random(seed));
        canvas.Flush();
        return ImageFile.FromBitmap(bitmap);
    }

    private static void Stroke(SKCanvas canvas, SKPath path, SKColor colour, float width)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
        canvas.DrawPath(path, paint);
    }

    private static SKColor Vary(SKColor colour, Random random, int by)
    {
        var change = random.Next(-by, by + 1);
        byte Shift(byte value) => (byte)Math.Clamp(value + change + random.Next(-by / 2, by / 2 + 1), 0, 255);
        return new(Shift(colour.Red), Shift(colour.Green), Shift(colour.Blue));
    }
}
