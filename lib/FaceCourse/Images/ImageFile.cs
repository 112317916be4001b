using System.Runtime.InteropServices;
using SkiaSharp;
using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>Picture files to tensors [3,H,W] and back. A tensor holds RGB, float32, 0 (dark) to 1 (bright).</summary>
/// <remarks>
/// JPEG (grey, colour, CMYK), PNG, WebP, GIF and BMP through SkiaSharp, and PGM. The EXIF orientation is applied, transparent
/// pixels are laid over white. A header is believed only after its size has been checked: nothing large is allocated for a
/// few bytes that claim to be large.
/// </remarks>
public static class ImageFile
{
    /// <summary>The largest picture that is decoded, in pixels: 100 million, 1.2 GB as a tensor.</summary>
    public const long MostPixels = 100_000_000;

    /// <summary>Decodes a file.</summary>
    /// <returns>[3,H,W], float32, RGB, 0…1, on the CPU; height and width as a person sees the picture.</returns>
    /// <exception cref="ImageException">The file is missing, is no picture, is cut short, or is too large.</exception>
    public static Tensor Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ImageException($"The picture {path} could not be read ({e.Message}); check the path.", e);
        }

        return Decode(bytes, Path.GetFileName(path));
    }

    /// <summary>Decodes a file's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <returns>[3,H,W], float32, RGB, 0…1, on the CPU.</returns>
    /// <exception cref="ImageException">The bytes are no picture, are cut short, or claim too large a picture.</exception>
    public static Tensor Decode(byte[] bytes, string name = "the picture")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length > 2 && bytes[0] == 'P' && bytes[1] is (byte)'5' or (byte)'2') return Pgm.Decode(bytes, name);

        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new ImageException($"{name} is not a picture that can be read here; give a JPEG, PNG, WebP, GIF, BMP or PGM file.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        CheckSize(name, width, height);

        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = new byte[info.BytesSize64];
        var pin = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        SKCodecResult result;
        try
        {
            result = codec.GetPixels(info, pin.AddrOfPinnedObject());
        }
        finally
        {
            pin.Free();
        }

        if (result != SKCodecResult.Success)
        {
            throw new ImageException(result is SKCodecResult.IncompleteInput or SKCodecResult.ErrorInInput
                ? $"{name} is cut short or damaged: only part of it could be decoded. Copy or download it again."
                : $"{name} could not be decoded ({result}); save it again as PNG or JPEG.");
        }

        return Upright(FromRgba(rgba, width, height), codec.EncodedOrigin);
    }

    /// <summary>Encodes a picture as PNG.</summary>
    /// <param name="picture">[3,H,W] or [1,H,W], 0…1; values outside are clamped.</param>
    public static byte[] ToPng(Tensor picture) => Encode(picture, SKEncodedImageFormat.Png, 100);

    /// <summary>Encodes a picture as JPEG.</summary>
    /// <param name="picture">[3,H,W] or [1,H,W], 0…1; values outside are clamped.</param>
    /// <param name="quality">1 (small) to 100 (good).</param>
    public static byte[] ToJpeg(Tensor picture, int quality = 90) => Encode(picture, SKEncodedImageFormat.Jpeg, quality);

    /// <summary>The picture as a <c>data:</c> address, for an <c>img</c> element.</summary>
    /// <param name="picture">[3,H,W] or [1,H,W], 0…1.</param>
    /// <param name="longestSide">Larger pictures are scaled down to this many pixels first.</param>
    public static string ToDataUri(Tensor picture, int longestSide = 1024)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (picture.shape[1], picture.shape[2]);
        var scale = (double)longestSide / Math.Max(height, width);
        var small = scale < 1 ? Resample.Area(picture, Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale))) : picture;

        // Photographs are a fraction of the size as JPEG; small pictures keep their exact pixels.
        return Math.Max(small.shape[1], small.shape[2]) > 160
            ? $"data:image/jpeg;base64,{Convert.ToBase64String(ToJpeg(small, 88))}"
            : $"data:image/png;base64,{Convert.ToBase64String(ToPng(small))}";
    }

    /// <summary>Writes a picture; the extension (.png, .jpg, .jpeg) decides how.</summary>
    /// <exception cref="ImageException">The extension is another, or the file cannot be written.</exception>
    public static void Save(Tensor picture, string path)
    {
        var bytes = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => ToPng(picture),
            ".JPG" or ".JPEG" => ToJpeg(picture),
            var other => throw new ImageException($"Pictures are saved as .png or .jpg, not as '{other}'."),
        };
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"The picture {path} could not be written ({e.Message}).", e);
        }
    }

    /// <summary>An SkiaSharp bitmap with the picture's pixels, to draw on. The caller disposes it.</summary>
    public static SKBitmap ToBitmap(Tensor picture)
    {
        using var scope = NewDisposeScope();
        if (picture.dim() != 3 || picture.shape[0] is not (1 or 3))
            throw new ArgumentException($"a picture is [3,H,W] or [1,H,W]; this tensor is [{string.Join(',', picture.shape)}]", nameof(picture));

        var (height, width) = ((int)picture.shape[1], (int)picture.shape[2]);
        var rgb = picture.detach().to(float32).cpu().nan_to_num(0).clamp(0, 1).mul(255).round().to(uint8).expand(3, height, width);
        var bytes = cat([rgb, full([1, height, width], 255, dtype: uint8)], 0).permute(1, 2, 0).contiguous().data<byte>().ToArray();
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Marshal.Copy(bytes, 0, bitmap.GetPixels(), bytes.Length);
        return bitmap;
    }

    /// <summary>The tensor of an SkiaSharp bitmap: [3,H,W], 0…1.</summary>
    public static Tensor FromBitmap(SKBitmap bitmap)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        using var rgba = bitmap.ColorType == SKColorType.Rgba8888 && bitmap.AlphaType == SKAlphaType.Unpremul
            ? null
            : new SKBitmap(new SKImageInfo(bitmap.Width, bitmap.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (rgba is not null)
        {
            using var pixmap = bitmap.PeekPixels();
            pixmap.ReadPixels(rgba.Info, rgba.GetPixels(), rgba.RowBytes);
        }

        return FromRgba((rgba ?? bitmap).Bytes, bitmap.Width, bitmap.Height);
    }

    internal static void CheckSize(string name, long width, long height)
    {
        if (width < 1 || height < 1) throw new ImageException($"{name} claims to be {width}×{height} pixels, which is no picture.");
        if (width * height > MostPixels)
        {
            throw new ImageException(
                $"{name} is {width}×{height} pixels, {width * height / 1e6:0} million; at most {MostPixels / 1_000_000} million are read. Scale it down first.");
        }
    }

    private static Tensor FromRgba(byte[] rgba, int width, int height)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(rgba, [height, width, 4]).permute(2, 0, 1).to(float32).div_(255);
        var rgb = pixels.slice(0, 0, 3, 1);
        var alpha = pixels.slice(0, 3, 4, 1);
        var opaque = alpha.min().item<float>() >= 1f;
        return (opaque ? rgb.contiguous() : rgb.mul(alpha).add(1).sub(alpha)).MoveToOuterDisposeScope();
    }

    private static Tensor Upright(Tensor picture, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or 0) return picture;

        using var scope = NewDisposeScope();
        using var _ = picture;
        var upright = origin switch
        {
            SKEncodedOrigin.TopRight => picture.flip(2),
            SKEncodedOrigin.BottomRight => picture.flip(1, 2),
            SKEncodedOrigin.BottomLeft => picture.flip(1),
            SKEncodedOrigin.LeftTop => picture.transpose(1, 2),
            SKEncodedOrigin.RightTop => picture.transpose(1, 2).flip(2),
            SKEncodedOrigin.RightBottom => picture.transpose(1, 2).flip(1, 2),
            SKEncodedOrigin.LeftBottom => picture.transpose(1, 2).flip(1),
            _ => picture.alias(),
        };
        return upright.contiguous().MoveToOuterDisposeScope();
    }

    private static byte[] Encode(Tensor picture, SKEncodedImageFormat format, int quality)
    {
        using var bitmap = ToBitmap(picture);
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }
}
