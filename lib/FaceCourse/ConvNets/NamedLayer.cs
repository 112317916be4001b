using static TorchSharp.torch;

namespace FaceCourse.ConvNets;

/// <summary>One step of a <see cref="ConvNet"/> that has a name and can be looked at.</summary>
/// <param name="Name">The name its paper or file gives it, for example <c>conv3_2</c> or <c>fire4</c>.</param>
/// <param name="Channels">How many units (feature maps) it has.</param>
/// <param name="Window">What one unit sees of the layer before.</param>
/// <param name="Module">The computation: [N,C,H,W] → [N,<paramref name="Channels"/>,H',W'].</param>
public sealed record NamedLayer(string Name, int Channels, Window Window, nn.Module<Tensor, Tensor> Module);
