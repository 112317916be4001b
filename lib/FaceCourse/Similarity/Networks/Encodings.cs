using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>Runs an encoder over many pictures.</summary>
public static class Encodings
{
    /// <summary>f(x) of every picture, in batches, without gradients, with batch normalisation at rest.</summary>
    /// <param name="encoder">Any network from [N,C,H,W] to [N,D]; left in the mode it was in.</param>
    /// <param name="faces">The pictures.</param>
    /// <param name="batch">How many at once.</param>
    /// <returns>[N,D], on the CPU.</returns>
    public static Tensor Of(nn.Module<Tensor, Tensor> encoder, FaceSet faces, int batch = 128)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var device = encoder.parameters().FirstOrDefault()?.device ?? TorchRuntime.Device;
        var training = encoder.training;
        encoder.eval();
        try
        {
            return cat([.. faces.Pictures.split(batch).Select(part => encoder.call(part.to(device)).cpu())]).MoveToOuterDisposeScope();
        }
        finally
        {
            encoder.train(training);
        }
    }

    /// <summary>The pixels themselves as encodings of length 1: what a network has to beat.</summary>
    /// <returns>[N, C·H·W].</returns>
    public static Tensor OfPixels(FaceSet faces)
    {
        using var scope = NewDisposeScope();
        var flat = faces.Pictures.flatten(1);
        return nn.functional.normalize(flat - flat.mean([1], keepdim: true)).MoveToOuterDisposeScope();
    }
}
