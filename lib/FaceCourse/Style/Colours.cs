using static TorchSharp.torch;

namespace FaceCourse.Style;

/// <summary>Brightness and colour of a picture, apart.</summary>
public static class Colours
{
    private static readonly float[] LumaWeights = [0.299f, 0.587f, 0.114f];

    /// <summary>Luma Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), [1,H,W].</summary>
    /// <param name="rgb">[3,H,W], values 0…1.</param>
    public static Tensor Luma(Tensor rgb)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        using var scope = NewDisposeScope();
        var weights = tensor(LumaWeights, device: rgb.device).view(3, 1, 1);
        return (rgb * weights).sum([0], keepdim: true).MoveToOuterDisposeScope();
    }

    /// <summary>One picture's brightness in another one's colours (Gatys et al. 2016, luminance-only transfer).</summary>
    /// <remarks>Colour differences R−Y, G−Y, B−Y are kept; where they would leave 0…1, they are weakened, never cut one by one.</remarks>
    /// <param name="brightness">[3,H,W]: its luma is used.</param>
    /// <param name="colours">[3,H,W] of the same size: its colour is used.</param>
    public static Tensor Recolour(Tensor brightness, Tensor colours)
    {
        ArgumentNullException.ThrowIfNull(brightness);
        ArgumentNullException.ThrowIfNull(colours);
        using var scope = NewDisposeScope();
        var luma = Luma(brightness);
        var difference = colours - Luma(colours);
        var room = where(difference > 0, (1 - luma) / difference.clamp_min(1e-6), luma / (-difference).clamp_min(1e-6));
        var strength = room.amin([0], keepdim: true).clamp(0, 1);
        return (luma + difference * strength).clamp(0, 1).MoveToOuterDisposeScope();
    }
}
