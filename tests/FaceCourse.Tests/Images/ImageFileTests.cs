using System.Buffers.Binary;
using System.Text;
using FaceCourse.Images;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Images;

public sealed class ImageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Tensor Gradient(int height, int width) =>
        stack([linspace(0, 1, width).expand(height, width), linspace(0, 1, height).unsqueeze(1).expand(height, width), full([height, width], 0.25f)]);

    private string Write(string name, byte[] bytes)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    [Fact]
    public void A_picture_saved_as_PNG_comes_back_exactly()
    {
        using var scope = NewDisposeScope();
        var picture = Gradient(17, 31).mul(255).round().div(255);
        var file = Path.Combine(_folder, "a.png");
        ImageFile.Save(picture, file);

        Assert.True(ImageFile.Load(file).sub(picture).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void A_picture_saved_as_JPEG_comes_back_nearly()
    {
        using var scope = NewDisposeScope();
        var picture = Gradient(64, 64);

        Assert.True(ImageFile.Decode(ImageFile.ToJpeg(picture, 95)).sub(picture).abs().mean().item<float>() < 0.01);
    }

    [Fact]
    public void Transparent_pixels_are_laid_over_white()
    {
        using var scope = NewDisposeScope();
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(255, 0, 0, 0));
        bitmap.SetPixel(1, 0, new SKColor(0, 0, 0, 128));
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var picture = ImageFile.Decode(png.ToArray());

        Assert.Equal(1f, picture[1, 0, 0].item<float>());
        Assert.Equal(127 / 255f, picture[0, 0, 1].item<float>(), 0.005f);
    }

    [Theory]
    [InlineData(1, "red")]
    [InlineData(3, "yellow")]
    [InlineData(6, "blue")]
    [InlineData(8, "green")]
    public void The_EXIF_orientation_is_applied(int orientation, string expected)
    {
        // Quadrants: red, green / blue, yellow. What a viewer must show in the upper left corner follows from the tag.
        using var scope = NewDisposeScope();
        var picture = zeros(3, 64, 64);
        picture[0, ..32, ..32] = 1;
        picture[1, ..32, 32..] = 1;
        picture[2, 32.., ..32] = 1;
        picture[0, 32.., 32..] = 1;
        picture[1, 32.., 32..] = 1;
        var upright = ImageFile.Decode(WithOrientation(ImageFile.ToJpeg(picture, 95), orientation));

        var corner = upright.slice(1, 8, 24, 1).slice(2, 8, 24, 1).mean([1, 2]).data<float>().ToArray();
        var colour = (corner[0] > 0.5, corner[1] > 0.5, corner[2] > 0.5) switch
        {
            (true, false, false) => "red",
            (false, true, false) => "green",
            (false, false, true) => "blue",
            (true, true, false) => "yellow",
            _ => "none",
        };
        Assert.Equal(expected, colour);
    }

    [Fact]
    public void Grey_JPEG_and_PGM_become_three_equal_channels()
    {
        using var scope = NewDisposeScope();
        var pgm = Encoding.ASCII.GetBytes("P5\n# a comment\n3 2\n255\n").Concat(new byte[] { 0, 51, 102, 153, 204, 255 }).ToArray();
        var picture = ImageFile.Decode(pgm);

        Assert.Equal([3, 2, 3], picture.shape);
        Assert.Equal(0.6f, picture[2, 1, 0].item<float>(), 1e-6f);
    }

    [Fact]
    public void A_CMYK_JPEG_shows_its_colours()
    {
        using var scope = NewDisposeScope();
        // 96×32, written by ImageMagick in CMYK: the left half red (220, 30, 30), the right half blue (30, 60, 200).
        const string file =
            "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwADAgICAgIDAgICAwMDAwQGBAQEBAQIBgYFBgkICgoJCAkJCgwPDAoLDgsJCQ0RDQ4PEBAREAoMEhMSEBMPEBAQ/9sAQwEDAwMEAwQIBAQIEAsJCxAQEBAQEB" +
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ/8AAFAgAIABgBAERAAIRAQMRAQQRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAGBwj/xAAUEAEAAAAAAAAAAAAAAAAAAAAA" +
            "/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAkH/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAA4EAQACEQMRBAAAPwDRWxptO9QAAAAAAVCTiwCKAAAAAABLqxo/rUAAAAAAFQk4sAigAAAAAAS6saP61AAAAA" +
            "ABUJOLAIoAAAAAAEurGj+tQAAAAAAVCTiwCKAAAAAAB//Z";
        var picture = ImageFile.Decode(Convert.FromBase64String(file)).mul(255);

        Assert.Equal([3, 32, 96], picture.shape);
        float[] At(long column) => picture[.., 16, column].data<float>().ToArray();
        Assert.All(At(20).Zip([220f, 30f, 30f]), c => Assert.Equal(c.Second, c.First, 12f));
        Assert.All(At(76).Zip([30f, 60f, 200f]), c => Assert.Equal(c.Second, c.First, 12f));
    }

    [Fact]
    public void A_text_file_named_jpg_gives_a_clear_error()
        => Says("is not a picture", () => ImageFile.Load(Write("notes.jpg", Encoding.UTF8.GetBytes("Dear diary,"))));

    [Fact]
    public void A_missing_file_gives_a_clear_error()
        => Says("could not be read", () => ImageFile.Load(Path.Combine(_folder, "nowhere.png")));

    [Fact]
    public void An_empty_file_gives_a_clear_error()
        => Says("is not a picture", () => ImageFile.Load(Write("empty.png", [])));

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void A_truncated_jpg_gives_a_clear_error(double share)
    {
        using var scope = NewDisposeScope();
        var whole = ImageFile.ToJpeg(rand(3, 200, 200, generator: new Generator(1)), 90);

        Says("cut short or damaged", () => ImageFile.Load(Write("half.jpg", whole[..(int)(whole.Length * share)])));
    }

    [Fact]
    public void A_png_header_that_claims_20000_by_20000_pixels_is_refused_before_anything_is_allocated()
    {
        var before = GC.GetTotalAllocatedBytes();
        Says("20000×20000 pixels, 400 million", () => ImageFile.Load(Write("huge.png", PngHeader(20_000, 20_000))));

        Assert.True(GC.GetTotalAllocatedBytes() - before < 10_000_000);
    }

    [Theory]
    [InlineData("P5\n20000 20000\n255\n")]
    [InlineData("P5\n99999999999 3\n255\n")]
    [InlineData("P5\n3 3\n255\nab")]
    [InlineData("P5\n3")]
    [InlineData("P2\n2 2\n255\n1 2 3")]
    [InlineData("P5\n0 3\n255\n")]
    [InlineData("P5\n2 2\n0\nabcd")]
    public void A_damaged_PGM_gives_a_clear_error(string text)
        => Assert.Throws<ImageException>(() => ImageFile.Decode(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Random_bytes_after_a_good_signature_never_do_worse_than_a_clear_error()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        var good = new[] { ImageFile.ToPng(Gradient(40, 40)), ImageFile.ToJpeg(Gradient(40, 40)) };
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])good[i % 2].Clone();
            for (var k = 0; k < 8; k++) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            try
            {
                ImageFile.Decode(bytes).Dispose();
            }
            catch (ImageException)
            {
                // refused: fine
            }
        }
    }

    [Fact]
    public void Only_png_and_jpg_can_be_saved()
    {
        using var scope = NewDisposeScope();
        Says("not as '.TIFF'", () => ImageFile.Save(Gradient(2, 2), Path.Combine(_folder, "a.tiff")));
    }

    private static void Says(string part, Action action) => Assert.Contains(part, Assert.Throws<ImageException>(action).Message);

    private static byte[] PngHeader(int width, int height)
    {
        var chunk = new byte[25];
        BinaryPrimitives.WriteInt32BigEndian(chunk, 13);
        "IHDR"u8.CopyTo(chunk.AsSpan(4));
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(8), width);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(12), height);
        (chunk[16], chunk[17]) = (8, 2);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(21), Crc32(chunk.AsSpan(4, 17)));
        byte[] data = [0, 0, 0, 0, (byte)'I', (byte)'D', (byte)'A', (byte)'T', 0x35, 0xAF, 0x06, 0x1E];
        return [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. chunk, .. data];
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }

    private static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] tiff = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] app1 = [0xFF, 0xE1, 0, (byte)(8 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], .. app1, .. jpeg[2..]];
    }
}
