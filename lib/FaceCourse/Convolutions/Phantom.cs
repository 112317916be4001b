using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>A bright ball in a volume, in voxels.</summary>
/// <param name="X">Its centre along the width.</param>
/// <param name="Y">Its centre along the height.</param>
/// <param name="Z">Its centre along the depth.</param>
/// <param name="Radius">Its radius; 0 where it is not known.</param>
public readonly record struct Nodule(double X, double Y, double Z, double Radius);

/// <summary>Volumes made from formulas, so that the truth is known.</summary>
public static class Phantom
{
    // Density, half axes, centre, turn about z in degrees: the modified Shepp and Logan head in 3-D (Toft's contrasts).
    private static readonly double[][] Ellipsoids =
    [
        [1, .69, .92, .81, 0, 0, 0, 0],
        [-.8, .6624, .874, .78, 0, -.0184, 0, 0],
        [-.2, .11, .31, .22, .22, 0, 0, -18],
        [-.2, .16, .41, .28, -.22, 0, 0, 18],
        [.1, .21, .25, .41, 0, .35, -.15, 0],
        [.1, .046, .046, .05, 0, .1, .25, 0],
        [.1, .046, .046, .05, 0, -.1, .25, 0],
        [.1, .046, .023, .05, -.08, -.605, 0, 0],
        [.1, .023, .023, .02, 0, -.606, 0, 0],
        [.1, .023, .046, .02, .06, -.605, 0, 0],
    ];

    /// <summary>The Shepp-Logan head, the standard test of every CT reconstruction, in three dimensions.</summary>
    /// <param name="size">The side in voxels, 16 to 512.</param>
    /// <exception cref="ConvolutionException">The size is out of its range.</exception>
    public static Volume SheppLogan(int size = 64)
    {
        Check(size);
        using var scope = NewDisposeScope();
        var line = linspace(-1, 1, size);
        var (z, y, x) = (line.view(-1, 1, 1), line.neg().view(1, -1, 1), line.view(1, 1, -1));
        var voxels = zeros(size, size, size);
        foreach (var e in Ellipsoids)
        {
            var (cos, sin) = (Math.Cos(e[7] * Math.PI / 180), Math.Sin(e[7] * Math.PI / 180));
            var (dx, dy, dz) = (x - e[4], y - e[5], z - e[6]);
            var inside = ((dx * cos + dy * sin) / e[1]).square() + ((dy * cos - dx * sin) / e[2]).square() + (dz / e[3]).square() <= 1;
            voxels += inside.to_type(ScalarType.Float32) * e[0];
        }

        return new Volume(voxels.MoveToOuterDisposeScope(), [1, 1, 1], "Shepp-Logan head");
    }

    /// <summary>A piece of lung: dark air, bright vessels as tubes, most of them along z, noise, and round nodules that a slice across z cannot tell from a vessel's cross-section.</summary>
    /// <param name="seed">Chooses all of it.</param>
    /// <param name="size">The side in voxels, 16 to 512.</param>
    /// <param name="nodules">How many nodules, 0 to 10.</param>
    /// <returns>The volume, and where its nodules are.</returns>
    /// <exception cref="ConvolutionException">A number is out of its range.</exception>
    public static (Volume Volume, IReadOnlyList<Nodule> Nodules) Lung(int seed, int size = 32, int nodules = 2)
    {
        Check(size);
        if (nodules is < 0 or > 10) throw new ConvolutionException($"A lung phantom has 0 to 10 nodules, not {nodules}.");
        var random = new Random(seed);
        using var scope = NewDisposeScope();
        var line = arange(size, ScalarType.Float32);
        var (z, y, x) = (line.view(-1, 1, 1), line.view(1, -1, 1), line.view(1, 1, -1));
        var voxels = zeros(size, size, size);
        for (var i = 0; i < 5; i++)
        {
            // A straight tube through a random point, as thick as a nodule and as sharp: three run along z like the large vessels
            // of a lung, so that a slice across z cuts them to discs; two run anywhere.
            var tilt = i < 3 ? 0.25 : 1;
            var (a, b, c) = (tilt * (random.NextDouble() - .5), tilt * (random.NextDouble() - .5), i < 3 ? 1 : random.NextDouble() - .5);
            var length = Math.Sqrt((a * a) + (b * b) + (c * c)) + 1e-9;
            (a, b, c) = (a / length, b / length, c / length);
            var (dx, dy, dz) = (x - (random.NextDouble() * size), y - (random.NextDouble() * size), z - (random.NextDouble() * size));
            var along = (dx * a) + (dy * b) + (dz * c);
            var away = (dx.square() + dy.square() + dz.square() - along.square()).clamp_min(0).sqrt();
            voxels = maximum(voxels, (2 + (1.2 * random.NextDouble()) - away).mul(2).sigmoid());
        }

        var found = new List<Nodule>();
        while (found.Count < nodules)
        {
            double Place() => 5 + (random.NextDouble() * (size - 10));
            var nodule = new Nodule(Place(), Place(), Place(), 2 + (1.2 * random.NextDouble()));
            if (size >= 24 && found.Any(n => Distance(n, nodule) < 8)) continue;
            found.Add(nodule);
            var away = ((x - nodule.X).square() + (y - nodule.Y).square() + (z - nodule.Z).square()).sqrt();
            voxels = maximum(voxels, (nodule.Radius - away).mul(2).sigmoid());
        }

        var generator = new Generator((ulong)seed);
        voxels += randn([size, size, size], generator: generator) * 0.08;
        return (new Volume(voxels.MoveToOuterDisposeScope(), [1, 1, 1], $"lung phantom {seed}"), found);
    }

    internal static double Distance(Nodule a, Nodule b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2) + Math.Pow(a.Z - b.Z, 2));

    private static void Check(int size)
    {
        if (size is < 16 or > 512) throw new ConvolutionException($"A phantom has a side of 16 to 512 voxels, not {size}.");
    }
}
