namespace FaceCourse.ConvNets;

/// <summary>How a pooling layer makes one value of four.</summary>
public enum Pooling
{
    /// <summary>The mean: smoother gradients, what Gatys et al. recommend for painting.</summary>
    Average,

    /// <summary>The largest: what VGG-19 was trained with.</summary>
    Max,
}
