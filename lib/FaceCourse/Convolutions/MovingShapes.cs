using FaceCourse.Assets;
using FaceCourse.Images;
using static TorchSharp.torch;

namespace FaceCourse.Convolutions;

/// <summary>The four ways a shape moves.</summary>
public enum Motion
{
    /// <summary>To the left.</summary>
    Left,

    /// <summary>To the right.</summary>
    Right,

    /// <summary>Upwards.</summary>
    Up,

    /// <summary>Downwards.</summary>
    Down,
}

/// <summary>Small films: a generator whose single frames say nothing about the motion, and Muybridge's horse.</summary>
public static class MovingShapes
{
    /// <summary>Makes films of one bright square or disc that moves and comes in again on the other side.</summary>
    /// <remarks>Where it starts is uniform on a torus, so each single frame looks the same for all motions.</remarks>
    /// <param name="count">How many films.</param>
    /// <param name="seed">Chooses them.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="side">Width and height in pixels, at least 8.</param>
    /// <returns>[N, 1, frames, side, side] from 0 to 1, and each film's motion.</returns>
    /// <exception cref="ConvolutionException">A number is out of its range.</exception>
    public static (Tensor Films, Motion[] Motions) Generate(int count, int seed, int frames = 8, int side = 16)
    {
        if (count < 1 || frames < 2 || side < 8) throw new ConvolutionException("Films need at least one film, two frames and a side of 8 pixels.");
        var random = new Random(seed);
        var pixels = new float[(long)count * frames * side * side];
        var motions = new Motion[count];
        for (var n = 0; n < count; n++)
        {
            motions[n] = (Motion)random.Next(4);
            var (dx, dy) = motions[n] switch { Motion.Left => (-1, 0), Motion.Right => (1, 0), Motion.Up => (0, -1), _ => (0, 1) };
            var (x, y, radius, round) = (random.Next(side), random.Next(side), random.Next(1, 3), random.Next(2) == 0);
            for (var t = 0; t < frames; t++)
            {
                var frame = ((n * frames) + t) * side * side;
                for (var i = 0; i < side * side; i++) pixels[frame + i] = 0.1f * (float)random.NextDouble();
                for (var r = -radius; r <= radius; r++)
                for (var c = -radius; c <= radius; c++)
                {
                    if (round && (r * r) + (c * c) > radius * radius) continue;
                    var (row, column) = ((((y + (t * dy) + r) % side) + side) % side, (((x + (t * dx) + c) % side) + side) % side);
                    pixels[frame + (row * side) + column] += 0.9f;
                }
            }
        }

        return (tensor(pixels, [count, 1, frames, side, side]), motions);
    }

    /// <summary>The films with each one's frames in a random order of its own: the same pictures, the motion gone.</summary>
    public static Tensor Shuffled(Tensor films, int seed)
    {
        var random = new Random(seed);
        using var scope = NewDisposeScope();
        var frames = (int)films.shape[2];
        var parts = Enumerable.Range(0, (int)films.shape[0]).Select(n =>
        {
            var order = Enumerable.Range(0, frames).Select(i => (long)i).ToArray();
            random.Shuffle(order);
            return films[n].index_select(1, tensor(order, device: films.device));
        }).ToList();
        return stack(parts).MoveToOuterDisposeScope();
    }

    /// <summary>The films with one frame, the first, shown all the time.</summary>
    public static Tensor Frozen(Tensor films) => films.narrow(2, 0, 1).expand(films.shape).contiguous();

    /// <summary>Muybridge's Horse in Motion (1878): [1, 11, height, width], grey from 0 to 1.</summary>
    /// <param name="height">Each frame is cut to 3:2 and scaled to this height.</param>
    /// <param name="store">Where the frames come from.</param>
    /// <exception cref="AssetException">The frames are not on this machine and cannot be fetched.</exception>
    public static Tensor Horse(int height = 120, AssetStore? store = null)
    {
        store ??= AssetStore.Default;
        return FromFrames([.. Enumerable.Range(1, 11).Select(i => store.Get($"video/horse_in_motion/{i}.png"))], height, height * 3 / 2);
    }

    /// <summary>Makes a film of picture files: [1, frames, height, width], grey from 0 to 1.</summary>
    /// <param name="paths">The frames in order; each is cut in its middle to the film's proportions.</param>
    /// <param name="height">The film's height.</param>
    /// <param name="width">The film's width.</param>
    /// <exception cref="ConvolutionException">There is no frame, or the size is below 1.</exception>
    /// <exception cref="ImageException">A file is no picture.</exception>
    public static Tensor FromFrames(IReadOnlyList<string> paths, int height, int width)
    {
        if (paths.Count == 0 || height < 1 || width < 1) throw new ConvolutionException("A film has at least one frame and a size of at least 1×1.");
        using var scope = NewDisposeScope();
        var frames = paths.Select(path =>
        {
            var picture = ImageFile.Load(path);
            var (h, w) = (picture.shape[1], picture.shape[2]);
            var (ch, cw) = (Math.Min(h, Math.Max(1, w * height / width)), Math.Min(w, Math.Max(1, h * width / height)));
            return Resample.Area(picture.narrow(1, (h - ch) / 2, ch).narrow(2, (w - cw) / 2, cw), height, width).mean([0L]);
        }).ToList();
        return stack(frames).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
