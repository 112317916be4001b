using System.Diagnostics;
using System.Globalization;
using FaceCourse.Faces;
using Npgsql;

namespace FaceCourse.Benchmarks.Areas;

/// <summary>The gallery on a PostgreSQL server with pgvector, exact and approximate, beside the same search in memory: what <c>models/gallery.md</c> states.</summary>
internal sealed class GalleryServerArea : IArea
{
    private const string Schema = "facecourse_benchmark";
    private const int Dimension = FaceEncoder.Dimension;

    public string Name => "gallery-server";

    public Task RunAsync(Ratios ratios)
    {
        if (Environment.GetEnvironmentVariable("FACECOURSE_POSTGRES") is not { Length: > 0 } server)
        {
            ratios.Note("FACECOURSE_POSTGRES names no server with pgvector");
            return Task.CompletedTask;
        }

        foreach (var (people, indexed) in new[] { (10_000, true), (100_000, true), (1_000_000, false) })
        {
            Drop(server);
            Measure(ratios, server, people, indexed);
        }

        Drop(server);
        return Task.CompletedTask;
    }

    private static void Measure(Ratios ratios, string server, int people, bool indexed)
    {
        var random = new Random(1);
        var numbers = new float[people * Dimension];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = random.NextSingle() - 0.5f;
        string[] names = [.. Enumerable.Range(0, people).Select(i => $"{i}")];
        using var memory = new MemoryGalleryStore();
        memory.Add(names, numbers, Dimension);
        using var store = new PostgresGalleryStore(server, Dimension, Schema);
        var enrolled = Seconds(() => store.Add(names, numbers, Dimension));

        // A probe is somebody's other photo: a little beside the enrolled one. Strangers' random encodings have no near neighbour at all.
        var probes = numbers[..(64 * Dimension)].Select(n => n + (0.4f * (random.NextSingle() - 0.5f))).ToArray();
        var probe = probes[..Dimension];
        store.Nearest(probe, Dimension, 2);
        var truth = memory.Nearest(probes, Dimension, 2);
        var (exact, inMemory) = (Median(() => store.Nearest(probe, Dimension, 2)), Median(() => memory.Nearest(probe, Dimension, 2)));
        if (store.Nearest(probe, Dimension, 2)[0][0].Person != truth[0][0].Person) throw new InvalidOperationException("the server found somebody else");
        ratios.Note(string.Create(CultureInfo.InvariantCulture,
            $"{people} people: enrolled in {enrolled:0.0} s; one probe, exact: {1000 * exact:0.0} ms on the server, {1000 * inMemory:0.00} ms in memory"));
        if (!indexed) return;

        var built = Seconds(store.BuildApproximateIndex);
        foreach (var candidates in new[] { 40, 200 })
        {
            store.Candidates = candidates;
            var found = store.Nearest(probes, Dimension, 2);
            var right = found.Zip(truth).Count(f => f.First[0].Person == f.Second[0].Person) / 64.0;
            ratios.Note(string.Create(CultureInfo.InvariantCulture,
                $"{people} people: index built in {built:0} s; one probe among {candidates} candidates: {1000 * Median(() => store.Nearest(probe, Dimension, 2)):0.0} ms, the right person for {right:0.0%} of 64 probes"));
        }
    }

    private static void Drop(string server)
    {
        using var data = NpgsqlDataSource.Create(server);
        using var drop = data.CreateCommand($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        drop.ExecuteNonQuery();
    }

    private static double Median(Action action) => Enumerable.Range(0, 5).Select(_ => Seconds(action)).Order().ElementAt(2);

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }
}
