using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>Which pixels of a photo an answer depends on.</summary>
public static class Saliency
{
    /// <summary>How much a small change of each pixel changes the objective: |∂objective/∂pixel|, the largest of its three colours (Simonyan et al., 2013).</summary>
    /// <param name="net">The network.</param>
    /// <param name="photo">[3,H,W], RGB, values 0…1.</param>
    /// <param name="objective">The answer asked about, for example <c>Objective.Unit("conv10", classIndex)</c>.</param>
    /// <returns>[H,W] on the CPU, largest value 1 (all 0 where nothing matters).</returns>
    public static Tensor Gradient(ConvNet net, Tensor photo, Objective objective)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(objective);
        using var scope = NewDisposeScope();
        var pixels = photo.detach().to(TorchRuntime.Device).requires_grad_(true);
        var gradient = autograd.grad([objective.Of(net, pixels)], [pixels])[0];
        return ToOne(gradient.abs().amax([0])).DetachFromDisposeScope();
    }

    /// <summary>Grad-CAM (Selvaraju et al., 2017): the maps of a layer, weighed by how much each one favours the objective.</summary>
    /// <param name="net">The network.</param>
    /// <param name="photo">[3,H,W], RGB, values 0…1.</param>
    /// <param name="layer">A deep layer, for example <c>fire9</c>; it must come before the objective's.</param>
    /// <param name="objective">The answer asked about.</param>
    /// <returns>[H,W] on the CPU, largest value 1 (all 0 where nothing speaks for it).</returns>
    public static Tensor GradCam(ConvNet net, Tensor photo, string layer, Objective objective)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(objective);
        using var scope = NewDisposeScope();
        var pixels = photo.detach().to(TorchRuntime.Device).requires_grad_(true);
        var a = net.Activations(pixels, [layer, .. objective.Layers]);
        var names = net.LayerNames.ToList();
        if (objective.Layers.All(l => names.IndexOf(l) < names.IndexOf(layer))) throw new ArgumentException($"Grad-CAM looks back from the objective to {layer}, but the objective's layers ({string.Join(", ", objective.Layers)}) come before it.", nameof(layer));
        var gradient = autograd.grad([objective.Of(a)], [a[layer]])[0];
        var map = (gradient.mean([2, 3], keepdim: true) * a[layer]).sum([1]).relu().detach();
        return ToOne(Resample.Bilinear(map, (int)photo.size(1), (int)photo.size(2))[0]).DetachFromDisposeScope();
    }

    private static Tensor ToOne(Tensor map) => (map / map.max().clamp_min(1e-20)).cpu();
}
