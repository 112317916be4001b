using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>The same faces seen a little differently: mirrored, turned, moved, nearer or farther.</summary>
public static class Augmentation
{
    /// <summary>Changes each picture of a batch by chance.</summary>
    /// <param name="pictures">[N,C,H,W].</param>
    /// <param name="seed">The same seed changes them the same way.</param>
    /// <param name="strength">1 turns up to 10°, moves up to 6 % and scales up to 10 %.</param>
    /// <returns>[N,C,H,W]; what comes in from outside repeats the edge.</returns>
    public static Tensor Jitter(Tensor pictures, int seed, double strength = 1)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var n = pictures.shape[0];
        var chance = rand([5, n], generator: new Generator((ulong)(uint)seed)).mul(2).sub(1);
        var angle = chance[0] * (strength * Math.PI / 18);
        var scale = 1 + (chance[1] * (strength * 0.1));
        var mirror = chance[4].sign();
        var (cos, sin) = (angle.cos() * scale, angle.sin() * scale);
        // In grid_sample's units the picture reaches from −1 to 1.
        var across = stack([cos * mirror, -sin, chance[2] * (strength * 0.12)], 1);
        var down = stack([sin * mirror, cos, chance[3] * (strength * 0.12)], 1);
        var grid = nn.functional.affine_grid(stack([across, down], 1), pictures.shape, align_corners: false).to(pictures.device);
        return nn.functional.grid_sample(pictures, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false).MoveToOuterDisposeScope();
    }

    /// <summary>Covers one rectangle of each picture with the picture's own mean: random erasing (Zhong et al. 2017).</summary>
    /// <param name="pictures">[N,C,H,W].</param>
    /// <param name="seed">The same seed covers the same places.</param>
    /// <returns>[N,C,H,W]; the rectangle is a fifth to a half of each side.</returns>
    public static Tensor Cover(Tensor pictures, int seed)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var n = pictures.shape[0];
        var chance = rand([4, n, 1, 1, 1], generator: new Generator((ulong)(uint)seed)).to(pictures.device);
        Tensor Inside(int direction, long side)
        {
            var length = (chance[direction] * 0.3) + 0.2;
            var from = chance[direction + 2] * (1 - length);
            var at = (arange(side, device: pictures.device) + 0.5) / side;
            at = direction == 0 ? at.view(1, 1, side, 1) : at.view(1, 1, 1, side);
            return (at >= from).logical_and(at < from + length);
        }

        var covered = Inside(0, pictures.shape[2]).logical_and(Inside(1, pictures.shape[3]));
        return where(covered, pictures.mean([2, 3], keepdim: true), pictures).MoveToOuterDisposeScope();
    }
}
