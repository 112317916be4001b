using FaceCourse.Faces;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace FaceCourse.Tests.Faces;

public sealed class EncodingIndexTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(100, 64)]
    [InlineData(20_000, 3)]
    [InlineData(20_000, 64)]
    [InlineData(9_000, 300)]
    public void The_search_finds_what_a_plain_loop_in_double_precision_finds(int count, int probeCount)
    {
        using var index = new EncodingIndex(128);
        var rows = Encodings.Random(1, count);
        for (var i = 0; i < count; i++) index.Add(i % 5000, rows.AsSpan(128 * i, 128));
        var probes = Encodings.Random(2, probeCount);

        var found = index.Nearest(probes, 4);

        for (var p = 0; p < probeCount; p++)
        {
            var expected = Enumerable.Range(0, count)
                .Select(i => (Person: i % 5000, Distance: Distance(rows.AsSpan(128 * i, 128), probes.AsSpan(128 * p, 128))))
                .GroupBy(x => x.Person).Select(g => g.MinBy(x => x.Distance)).OrderBy(x => x.Distance).Take(4).ToArray();
            Assert.Equal(expected.Length, found[p].Length);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Distance, found[p][i].Distance, 1e-6);
                Assert.Equal(expected[i].Person, found[p][i].Person);
            }
        }
    }

    [Fact]
    public void Large_numbers_close_together_are_told_apart_in_a_batch()
    {
        // ‖x‖² − 2 x·p + ‖p‖² loses everything here: the distances are a millionth of the norms.
        using var index = new EncodingIndex(16);
        for (var i = 0; i < 10_000; i++) index.Add(i, [.. Enumerable.Range(0, 16).Select(k => 1000f + (k == i % 16 ? 0.25f * (1 + i / 16) : 0))]);
        float[] probe = [.. Enumerable.Range(0, 16).Select(k => 1000f + (k == 3 ? 0.25f : 0))];

        var found = index.Nearest(Enumerable.Repeat(probe, 8).SelectMany(p => p).ToArray(), 1);

        Assert.All(found, f => Assert.Equal((3, 0f), f[0]));
    }

    [Fact]
    public void Whatever_is_added_and_removed_the_index_holds_what_a_list_holds() => Prop.ForAll<int[]>(steps =>
    {
        using var index = new EncodingIndex(2);
        var list = new List<(int Person, float X)>();
        foreach (var step in steps)
        {
            var person = Math.Abs(step % 7);
            if (step % 3 == 0)
            {
                if (index.Remove(person) != list.RemoveAll(e => e.Person == person)) return false;
            }
            else
            {
                index.Add(person, [step, 0]);
                list.Add((person, step));
            }
        }

        var expected = list.GroupBy(e => e.Person).Select(g => (g.Key, g.Min(e => Math.Abs(e.X)))).OrderBy(e => e.Item2).ThenBy(e => e.Key);
        return index.Count == list.Count && index.Nearest(new float[2], 10)[0].SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return Math.Sqrt(sum);
    }
}
