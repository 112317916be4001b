namespace FaceCourse.Similarity;

/// <summary>Random numbers for one step of one training: the same whether the steps before it ran in this process or another.</summary>
internal static class Seeds
{
    public static Random At(int seed, long step) => new(Mix(seed, step));

    /// <summary>SplitMix64's finishing steps: neighbouring seeds and steps give unrelated numbers.</summary>
    public static int Mix(int seed, long step)
    {
        unchecked
        {
            var z = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) + ((ulong)step * 0xD1B54A32D192ED03) + 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)(z ^ (z >> 31)) & int.MaxValue;
        }
    }
}
