using FaceCourse.ConvNets;

namespace FaceCourse.Style;

/// <summary>Which layers of a network carry content and style, as far as the network goes.</summary>
public static class StyleLayers
{
    // Gatys et al. paint with conv1_1 … conv5_1 and conv4_2; a network that ends earlier gives its last layer instead.
    private static readonly string[] ContentWishes = ["conv4_2", "conv3_2", "fire4"];
    private static readonly string[] StyleWishes =
        ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1", "conv1", "fire2", "fire3", "fire4", "fire5"];

    /// <summary>The layer whose activations are the content.</summary>
    public static string Content(ConvNet net)
    {
        ArgumentNullException.ThrowIfNull(net);
        return ContentWishes.FirstOrDefault(net.LayerNames.Contains) ?? net.Layers[net.Layers.Count / 2].Name;
    }

    /// <summary>The layers whose style matrices are the style, shallow to deep.</summary>
    public static IReadOnlyList<string> Style(ConvNet net)
    {
        ArgumentNullException.ThrowIfNull(net);
        var names = net.LayerNames.ToHashSet();
        List<string> found = [.. StyleWishes.Where(names.Contains)];
        if (names.Contains("conv3_4") && !names.Contains("conv4_1")) found.Add("conv3_4");
        return found.Count > 0 ? found : [.. net.LayerNames];
    }
}
