using static TorchSharp.torch;

namespace FaceCourse.Images;

/// <summary>Changes a picture's size. All take and return [C,H,W] or [N,C,H,W], float32.</summary>
public static class Resample
{
    /// <summary>Bilinear with half-pixel centres, the usual choice (PyTorch's <c>align_corners=False</c>, OpenCV's <c>INTER_LINEAR</c>).</summary>
    public static Tensor Bilinear(Tensor picture, int height, int width) =>
        Batched(picture, x => nn.functional.interpolate(x, [height, width], mode: TorchSharp.torch.InterpolationMode.Bilinear, align_corners: false));

    /// <summary>The mean of the pixels that each new pixel covers: the right way to make a picture much smaller.</summary>
    public static Tensor Area(Tensor picture, int height, int width) =>
        Batched(picture, x => nn.functional.adaptive_avg_pool2d(x, [height, width]));

    /// <summary>
    /// Bilinear as TensorFlow.js does it by default (<c>alignCorners=false, halfPixelCenters=false</c>): pixel i of the result
    /// looks at i·(in/out), so the picture shifts by up to half a pixel. Networks trained on such input want it.
    /// </summary>
    public static Tensor BilinearFromCorner(Tensor picture, int height, int width) => Batched(picture, x =>
    {
        var rows = Between(x.shape[2], height, x.device);
        x = x.index_select(2, rows.Low).lerp(x.index_select(2, rows.High), rows.Share.view(1, 1, -1, 1));
        var columns = Between(x.shape[3], width, x.device);
        return x.index_select(3, columns.Low).lerp(x.index_select(3, columns.High), columns.Share.view(1, 1, 1, -1));
    });

    private static (Tensor Low, Tensor High, Tensor Share) Between(long from, long to, Device device)
    {
        var at = arange(to, dtype: float32, device: device).mul((float)from / to);
        var low = at.floor();
        return (low.to(int64), low.add(1).clamp_max(from - 1).to(int64), at.sub(low));
    }

    private static Tensor Batched(Tensor picture, Func<Tensor, Tensor> resize)
    {
        using var scope = NewDisposeScope();
        return (picture.dim() == 3 ? resize(picture.unsqueeze(0)).squeeze(0) : resize(picture)).MoveToOuterDisposeScope();
    }
}
