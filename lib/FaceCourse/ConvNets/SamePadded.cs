using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FaceCourse.ConvNets;

/// <summary>A convolution with TensorFlow's "same" padding before it.</summary>
internal sealed class SamePadded : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv;

    public SamePadded(Conv2d conv)
        : base(nameof(SamePadded))
    {
        _conv = conv;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv.forward(Convolution.SamePad(input, _conv.kernel_size[0], _conv.stride[0])).MoveToOuterDisposeScope();
    }
}
