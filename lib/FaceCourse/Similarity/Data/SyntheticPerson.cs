using SkiaSharp;

namespace FaceCourse.Similarity;

/// <summary>A person who does not exist: what stays the same in every photo of them. All lengths are in a face 2 units wide.</summary>
/// <param name="Width">Half the width of the head.</param>
/// <param name="Height">Half its height.</param>
/// <param name="Jaw">How square the jaw is, 0 (pointed) to 1.</param>
/// <param name="Skin">The colour of the skin.</param>
/// <param name="Hair">The colour of hair, brows and beard.</param>
/// <param name="HairStyle">0 bald, 1 short, 2 side parting, 3 long, 4 curls, 5 fringe.</param>
/// <param name="Hairline">Where the forehead ends.</param>
/// <param name="BrowThickness">Thickness of the brows.</param>
/// <param name="BrowTilt">How they slope.</param>
/// <param name="EyeSpacing">From the middle to each eye.</param>
/// <param name="EyeHeight">Where the eyes are.</param>
/// <param name="EyeSize">Half the width of an eye.</param>
/// <param name="EyeRoundness">Height over width.</param>
/// <param name="Iris">The colour of the eyes.</param>
/// <param name="NoseLength">How far down the nose goes.</param>
/// <param name="NoseWidth">Half the width at the nostrils.</param>
/// <param name="MouthWidth">Half the width of the mouth.</param>
/// <param name="MouthHeight">Where the mouth is.</param>
/// <param name="Lips">Thickness of the lips.</param>
/// <param name="Glasses">0 none, 1 round, 2 square.</param>
/// <param name="Beard">0 none, 1 moustache, 2 goatee, 3 full.</param>
/// <param name="Freckles">Whether the cheeks have freckles.</param>
/// <param name="Ears">Size of the ears.</param>
public sealed record SyntheticPerson(
    float Width, float Height, float Jaw, SKColor Skin, SKColor Hair, int HairStyle, float Hairline, float BrowThickness, float BrowTilt,
    float EyeSpacing, float EyeHeight, float EyeSize, float EyeRoundness, SKColor Iris, float NoseLength, float NoseWidth,
    float MouthWidth, float MouthHeight, float Lips, int Glasses, int Beard, bool Freckles, float Ears)
{
    private static readonly SKColor[] Skins = [new(0xFF, 0xDF, 0xC4), new(0xF0, 0xC8, 0xA0), new(0xE0, 0xAC, 0x80), new(0xC6, 0x8A, 0x5C), new(0x9C, 0x66, 0x3E), new(0x6E, 0x45, 0x2B)];
    private static readonly SKColor[] Hairs = [new(0x20, 0x18, 0x16), new(0x4A, 0x2E, 0x1E), new(0x7A, 0x4A, 0x28), new(0xC8, 0x9B, 0x4E), new(0xA8, 0x44, 0x20), new(0xA8, 0xA4, 0xA0)];
    private static readonly SKColor[] Irises = [new(0x4A, 0x2F, 0x1D), new(0x6B, 0x4A, 0x26), new(0x3F, 0x7A, 0x4A), new(0x3C, 0x6E, 0xA8), new(0x70, 0x7C, 0x86)];

    /// <summary>The person of this number; the same number is the same person on every machine.</summary>
    public static SyntheticPerson FromSeed(int seed)
    {
        var random = Seeds.At(seed, -1);
        float Between(double low, double high) => (float)(low + (random.NextDouble() * (high - low)));
        var skin = Skins[random.Next(Skins.Length)];
        return new SyntheticPerson(
            Between(0.72, 0.92), Between(0.95, 1.15), Between(0, 1), Shade(skin, Between(0.94, 1.05)), Hairs[random.Next(Hairs.Length)],
            random.Next(6), Between(-0.72, -0.5), Between(0.04, 0.11), Between(-0.08, 0.08), Between(0.29, 0.41), Between(-0.2, -0.02),
            Between(0.11, 0.17), Between(0.5, 0.85), Irises[random.Next(Irises.Length)], Between(0.2, 0.38), Between(0.08, 0.17),
            Between(0.2, 0.36), Between(0.45, 0.6), Between(0.03, 0.08), random.Next(10) is var g && g < 6 ? 0 : g < 8 ? 1 : 2,
            random.Next(10) is var b && b < 6 ? 0 : Math.Min(3, b - 5), random.Next(5) == 0, Between(0.12, 0.2));
    }

    internal static SKColor Shade(SKColor c, float light) => new(Part(c.Red * light), Part(c.Green * light), Part(c.Blue * light), c.Alpha);

    private static byte Part(float x) => (byte)Math.Clamp(x, 0, 255);
}
