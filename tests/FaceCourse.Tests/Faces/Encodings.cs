using System.Numerics.Tensors;

namespace FaceCourse.Tests.Faces;

/// <summary>Made-up encodings: random directions, as far from each other as strangers' faces.</summary>
internal static class Encodings
{
    public static float[] Random(int seed, int count = 1, int dimension = 128)
    {
        var random = new Random(seed);
        var numbers = new float[count * dimension];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)(random.NextDouble() - 0.5) * 0.2f;
        return numbers;
    }

    /// <summary>The same face on another day: a little further on.</summary>
    public static float[] Near(float[] encoding, float distance, int seed = 9)
    {
        var step = Random(seed, 1, encoding.Length);
        TensorPrimitives.Multiply(step, distance / TensorPrimitives.Norm<float>(step), step);
        TensorPrimitives.Add(encoding, step, step);
        return step;
    }
}
