using FaceCourse.ConvNets;
using FaceCourse.Images;
using FaceCourse.Tensors;
using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>A piece of a picture that excites a unit.</summary>
/// <param name="Picture">Which picture of the set, from 0.</param>
/// <param name="Box">Where in it: the unit's exact receptive field, cut at the picture's edges.</param>
/// <param name="Activation">How strongly the unit answered.</param>
/// <param name="Pixels">The piece itself, [3,h,w], uint8, RGB, on the CPU.</param>
public sealed record Patch(int Picture, PatchBox Box, float Activation, Tensor Pixels);

/// <summary>The nine patches that excite each unit most, as in Zeiler and Fergus (2013): at most one of each picture.</summary>
/// <remarks>
/// The pictures are streamed: what is kept are the patches, never the pictures, so memory does not grow with the set.
/// All layers asked for are served by one forward pass.
/// </remarks>
/// <example><code>using var patches = TopPatches.Find(net, ["conv1_1", "conv3_2"], pictures);
/// var nine = patches.Of("conv3_2", unit: 17);</code></example>
public sealed class TopPatches : IDisposable
{
    private readonly Dictionary<string, List<Patch>[]> _best = [];

    private TopPatches(ConvNet net, IEnumerable<string> layers, int count)
    {
        Count = count;
        foreach (var layer in layers) _best[layer] = [.. Enumerable.Range(0, net.Layer(layer).Channels).Select(_ => new List<Patch>(count + 1))];
    }

    /// <summary>How many patches are kept of each unit.</summary>
    public int Count { get; }

    /// <summary>How many pictures were looked at.</summary>
    public int Pictures { get; private set; }

    /// <summary>Looks through a set of pictures.</summary>
    /// <param name="net">The network.</param>
    /// <param name="layers">The layers whose units are asked about.</param>
    /// <param name="pictures">[3,H,W] each, RGB, values 0…1; not disposed here. Neighbours of one size run as one batch.</param>
    /// <param name="count">How many patches of each unit to keep.</param>
    /// <param name="batch">The largest batch.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="ct">Stops between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An unknown layer, or a picture too small for one.</exception>
    public static TopPatches Find(ConvNet net, IReadOnlyList<string> layers, IEnumerable<Tensor> pictures, int count = 9, int batch = 16, IProgress<int>? progress = null, CancellationToken ct = default)
    {
        ct = LongWork.Or(ct);
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var found = new TopPatches(net, layers, count);
        List<Tensor> waiting = [];
        foreach (var picture in pictures)
        {
            if (waiting.Count == batch || (waiting.Count > 0 && !waiting[0].shape.SequenceEqual(picture.shape))) Flush();
            waiting.Add(picture);
        }

        if (waiting.Count > 0) Flush();
        return found;

        void Flush()
        {
            ct.ThrowIfCancellationRequested();
            found.Look(net, layers, waiting);
            waiting.Clear();
            progress?.Report(found.Pictures);
        }
    }

    /// <summary>The best patches of one unit, strongest first; fewer than <see cref="Count"/> when it fired less often.</summary>
    /// <exception cref="ArgumentException">The layer was not asked for, or has no such unit.</exception>
    public IReadOnlyList<Patch> Of(string layer, int unit)
    {
        if (!_best.TryGetValue(layer, out var units)) throw new ArgumentException($"The layer \"{layer}\" was not looked at; {string.Join(", ", _best.Keys)} were.", nameof(layer));
        return unit >= 0 && unit < units.Length ? units[unit] : throw new ArgumentException($"{layer} has the units 0 to {units.Length - 1}, not {unit}.", nameof(unit));
    }

    /// <summary>The units of a layer whose weakest kept patch is strongest: those worth looking at first.</summary>
    public IReadOnlyList<int> Liveliest(string layer, int count)
    {
        Of(layer, 0);
        var units = _best[layer];
        return [.. Enumerable.Range(0, units.Length).Where(u => units[u].Count == Count).OrderByDescending(u => units[u][^1].Activation).Take(count)];
    }

    /// <summary>How much the patches of one unit look alike, pixel by pixel, and for comparison those of two units.</summary>
    /// <remarks>The correlation of the brightness of two patches at 16×16 pixels, averaged over all pairs of a unit's patches, and over patches of the same rank of neighbouring units.</remarks>
    /// <param name="layer">The layer.</param>
    /// <returns>Two numbers from −1 to 1.</returns>
    /// <exception cref="ArgumentException">The layer was not asked for, or no two of its units have all their patches.</exception>
    public (double Own, double Other) Alike(string layer)
    {
        Of(layer, 0);
        using var scope = NewDisposeScope();
        var units = _best[layer].Where(u => u.Count == Count).ToList();
        if (units.Count < 2) throw new ArgumentException($"Fewer than two units of {layer} have {Count} patches yet; look through more pictures.", nameof(layer));
        var all = stack(units.Select(u => stack(u.Select(p => Resample.Bilinear(p.Pixels.to(float32).mean([0], keepdim: true), 16, 16).flatten()))));
        all = all - all.mean([2], keepdim: true);
        all = all / (all.norm(2, keepdim: true, p: 2) + 1e-6);
        var pairs = all.matmul(all.transpose(1, 2));
        var own = (pairs.sum([1, 2]) - pairs.diagonal(dim1: 1, dim2: 2).sum([1])).mean().item<float>() / Math.Max(1, Count * (Count - 1));
        return (own, (all * all.roll(1, 0)).sum([2]).mean().item<float>());
    }

    /// <summary>Frees the patches.</summary>
    public void Dispose()
    {
        foreach (var patch in _best.Values.SelectMany(units => units).SelectMany(p => p)) patch.Pixels.Dispose();
    }

    private void Look(ConvNet net, IReadOnlyList<string> layers, List<Tensor> pictures)
    {
        using var scope = NewDisposeScope();
        using var quiet = inference_mode();
        var batch = stack(pictures);
        // Once for all units: cut out of floats, the patches of a first batch would take gigabytes on the way.
        var bytes = (batch * 255).round_().clamp_(0, 255).to(uint8).cpu();
        foreach (var (layer, a) in net.Activations(batch, layers))
        {
            var (values, places) = a.flatten(2).max(2);
            var (strength, place) = (values.to(float32).cpu().data<float>().ToArray(), places.cpu().data<long>().ToArray());
            var field = net.FieldOf(layer);
            var units = _best[layer];
            for (var n = 0; n < pictures.Count; n++)
            {
                for (var unit = 0; unit < units.Length; unit++)
                {
                    var (best, value) = (units[unit], strength[n * units.Length + unit]);
                    if (!(value > 0) || (best.Count == Count && value <= best[^1].Activation)) continue;
                    var at = place[n * units.Length + unit];
                    var box = field.At(at / a.size(3), at % a.size(3), batch.size(2), batch.size(3));
                    var pixels = bytes[n, .., (int)box.Top..(int)(box.Top + box.Height), (int)box.Left..(int)(box.Left + box.Width)].clone();
                    var patch = new Patch(Pictures + n, box, value, pixels.DetachFromDisposeScope());
                    var rank = best.FindIndex(p => p.Activation < value);
                    best.Insert(rank < 0 ? best.Count : rank, patch);
                    if (best.Count <= Count) continue;
                    best[^1].Pixels.Dispose();
                    best.RemoveAt(Count);
                }
            }
        }

        Pictures += pictures.Count;
    }
}
