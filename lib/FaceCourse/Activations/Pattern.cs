using static TorchSharp.torch;

namespace FaceCourse.Activations;

/// <summary>A small picture typed as rows of letters, to show to units: see <see cref="UnitFinder"/>.</summary>
/// <example><code>using var cross = Pattern.Of(
///     "..#..",
///     "..#..",
///     "#####",
///     "..#..",
///     "..#..");</code></example>
public static class Pattern
{
    private static readonly Dictionary<char, float[]> Colours = new()
    {
        ['.'] = [1, 1, 1], ['#'] = [0, 0, 0], ['+'] = [0.5f, 0.5f, 0.5f],
        ['r'] = [0.85f, 0.1f, 0.1f], ['g'] = [0.1f, 0.6f, 0.2f], ['b'] = [0.1f, 0.25f, 0.8f], ['y'] = [1, 0.85f, 0.1f], ['o'] = [1, 0.5f, 0], ['s'] = [0.9f, 0.7f, 0.55f],
    };

    /// <summary>The picture: a square of one colour for each letter.</summary>
    /// <param name="rows">
    /// One text for each row, all of one length: <c>.</c> white, <c>#</c> black, <c>+</c> grey, <c>r</c> red, <c>g</c> green, <c>b</c> blue,
    /// <c>y</c> yellow, <c>o</c> orange, <c>s</c> skin.
    /// </param>
    /// <returns>[3,H,W], RGB, values 0…1, the longer side 96 pixels or a little more.</returns>
    /// <exception cref="ArgumentException">No rows, rows of different lengths, more than 96 letters, or an unknown letter.</exception>
    public static Tensor Of(params IReadOnlyList<string> rows)
    {
        const int least = 96;
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0 || rows[0].Length == 0) throw new ArgumentException("A pattern has at least one row of at least one letter.", nameof(rows));
        var (height, width) = (rows.Count, rows[0].Length);
        if (rows.FirstOrDefault(r => r.Length != width) is { } odd) throw new ArgumentException($"All rows of a pattern are of one length: the first has {width} letters, \"{odd}\" has {odd.Length}.", nameof(rows));
        if (Math.Max(height, width) > least) throw new ArgumentException($"A pattern has at most {least} letters along a side, not {Math.Max(height, width)}.", nameof(rows));
        if (rows.SelectMany(r => r).FirstOrDefault(c => !Colours.ContainsKey(c)) is var unknown and not '\0')
            throw new ArgumentException($"The letter '{unknown}' has no colour; these have: {string.Join(' ', Colours.Keys)}.", nameof(rows));
        using var scope = NewDisposeScope();
        var letters = tensor(rows.SelectMany(r => r).SelectMany(c => Colours[c]).ToArray(), [height, width, 3]).permute(2, 0, 1);
        var side = (least + Math.Max(height, width) - 1) / Math.Max(height, width);
        return letters.repeat_interleave(side, 1).repeat_interleave(side, 2).contiguous().MoveToOuterDisposeScope();
    }
}
