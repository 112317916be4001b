using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>Netpbm's grey pictures (P5, and P2 as text), in which older face collections come.</summary>
internal static class Pgm
{
    public static Tensor Decode(byte[] bytes, string name)
    {
        var at = 2;
        var (width, height, most) = (Number(), Number(), Number());
        ImageFile.CheckSize(name, width, height);
        if (most is < 1 or > 65535) throw new ImageException($"{name} is no PGM picture: its largest grey value is {most}, not 1 to 65535.");

        var count = (int)(width * height);
        var grey = new float[count];
        if (bytes[1] == '2')
        {
            for (var i = 0; i < count; i++) grey[i] = Number() / (float)most;
        }
        else
        {
            at++; // exactly one white space ends the header
            var size = most < 256 ? 1 : 2;
            if (bytes.Length - at < (long)count * size)
                throw new ImageException($"{name} is cut short: {width}×{height} pixels need {(long)count * size} bytes, {Math.Max(0, bytes.Length - at)} are there. Copy or download it again.");
            for (var i = 0; i < count; i++, at += size)
                grey[i] = (size == 1 ? bytes[at] : (bytes[at] << 8) | bytes[at + 1]) / (float)most;
        }

        using var scope = NewDisposeScope();
        return tensor(grey, [1, height, width]).expand(3, height, width).contiguous().MoveToOuterDisposeScope();

        long Number()
        {
            while (at < bytes.Length && (char.IsWhiteSpace((char)bytes[at]) || bytes[at] == '#'))
            {
                if (bytes[at] == '#') while (at < bytes.Length && bytes[at] != '\n') at++;
                else at++;
            }

            var start = at;
            while (at < bytes.Length && at - start < 10 && char.IsAsciiDigit((char)bytes[at])) at++;
            return long.TryParse(Encoding.ASCII.GetString(bytes, start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new ImageException($"{name} is no whole PGM picture: a number is missing at byte {start}. Copy or download it again.");
        }
    }
}
