using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FaceCourse.Faces;

/// <summary>Encodings in memory, searched exactly: every encoding is looked at, nothing is approximated.</summary>
/// <remarks>
/// The numbers lie one after the other in chunks of some MB, so that growing never copies. One probe reads all of memory
/// once, as fast as memory goes. Many probes share that reading: ‖x − p‖² = ‖x‖² − 2 x·p + ‖p‖² turns them into a matrix
/// product, whose rounding decides nothing: it only picks the candidates whose distance is then computed directly.
/// Not safe for use from several threads while it changes.
/// </remarks>
internal sealed class EncodingIndex(int dimension) : IDisposable
{
    private const int ChunkRows = 8192;
    private const int ScanRows = 64;

    /// <summary>From this many probes on, the matrix product wins.</summary>
    private const int ManyProbes = 4;

    private readonly List<Chunk> _chunks = [];

    public int Dimension { get; } = dimension;

    public int Count { get; private set; }

    public void Add(int person, ReadOnlySpan<float> encoding)
    {
        if (Count == _chunks.Count * ChunkRows) _chunks.Add(new Chunk(Dimension));
        Set(Count++, person, encoding);
    }

    /// <summary>Forgets all encodings of a person; the last rows move into the gaps, for order means nothing here.</summary>
    public int Remove(int person)
    {
        var removed = 0;
        for (var i = Count - 1; i >= 0; i--)
        {
            if (_chunks[i / ChunkRows].People[i % ChunkRows] != person) continue;
            var (last, row) = (_chunks[(Count - 1) / ChunkRows], (Count - 1) % ChunkRows);
            if (i != Count - 1) Set(i, last.People[row], last.Row(row));
            Count--;
            removed++;
        }

        while (_chunks.Count * ChunkRows - Count >= ChunkRows)
        {
            _chunks[^1].Dispose();
            _chunks.RemoveAt(_chunks.Count - 1);
        }

        return removed;
    }

    /// <summary>The nearest different people of each probe.</summary>
    public (int Person, float Distance)[][] Nearest(ReadOnlyMemory<float> probes, int people)
    {
        var found = new NearestPeople[probes.Length / Dimension];
        for (var p = 0; p < found.Length; p++) found[p] = new NearestPeople(people);
        if (found.Length < ManyProbes || Count < ChunkRows) OneByOne(probes, people, found);
        else Together(probes, found);
        return [.. found.Select(f => f.ToArray())];
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) chunk.Dispose();
        _chunks.Clear();
        Count = 0;
    }

    private void Set(int index, int person, ReadOnlySpan<float> encoding)
    {
        var (chunk, row) = (_chunks[index / ChunkRows], index % ChunkRows);
        chunk.People[row] = person;
        chunk.SquaredNorms[row] = TensorPrimitives.SumOfSquares(encoding);
        encoding.CopyTo(chunk.Row(row));
    }

    private int RowsIn(int chunk) => Math.Min(ChunkRows, Count - chunk * ChunkRows);

    private void OneByOne(ReadOnlyMemory<float> probes, int people, NearestPeople[] found)
    {
        for (var p = 0; p < found.Length; p++)
        {
            var probe = probes.Slice(p * Dimension, Dimension);
            var best = found[p];
            if (_chunks.Count == 1) Scan(0, probe.Span, best);
            else
            {
                Parallel.For(0, _chunks.Count, () => new NearestPeople(people), (chunk, _, mine) => Scan(chunk, probe.Span, mine), mine =>
                {
                    lock (best) best.Merge(mine);
                });
            }
        }
    }

    private NearestPeople Scan(int number, ReadOnlySpan<float> probe, NearestPeople best)
    {
        var (chunk, rows) = (_chunks[number], RowsIn(number));
        for (var row = 0; row < rows; row++)
        {
            var distance = TensorPrimitives.Distance(probe, chunk.Row(row));
            if (distance <= best.Worst) best.Offer(chunk.People[row], distance);
        }

        return best;
    }

    private void Together(ReadOnlyMemory<float> probes, NearestPeople[] found)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var matrix = tensor(probes.ToArray(), [found.Length, Dimension]);
        var largest = 0f;
        for (var c = 0; c < _chunks.Count; c++) largest = Math.Max(largest, TensorPrimitives.Max(_chunks[c].SquaredNorms.AsSpan(0, RowsIn(c))));

        for (var c = 0; c < _chunks.Count; c++)
        {
            using var inner = NewDisposeScope();
            var (chunk, rows) = (_chunks[c], RowsIn(c));
            var shifted = addmm(chunk.NormsTensor.slice(0, 0, rows, 1), matrix, chunk.RowsTensor.slice(0, 0, rows, 1).t(), beta: 1, alpha: -2);
            var scores = shifted.data<float>().ToArray();
            Parallel.For(0, found.Length, p => Pick(chunk, scores.AsSpan(p * rows, rows), probes.Span.Slice(p * Dimension, Dimension), largest, found[p]));
        }
    }

    /// <summary>Looks closely at the rows whose score ‖x‖² − 2 x·p could, rounding included, be among the nearest.</summary>
    private static void Pick(Chunk chunk, ReadOnlySpan<float> scores, ReadOnlySpan<float> probe, float largestNorm, NearestPeople best)
    {
        var own = TensorPrimitives.SumOfSquares(probe);
        var rounding = 1e-5f * (own + largestNorm);
        for (var from = 0; from < scores.Length; from += ScanRows)
        {
            var part = scores[from..Math.Min(scores.Length, from + ScanRows)];
            if (TensorPrimitives.Min(part) > best.Worst * best.Worst - own + rounding) continue;
            for (var i = 0; i < part.Length; i++)
            {
                if (part[i] > best.Worst * best.Worst - own + rounding) continue;
                best.Offer(chunk.People[from + i], TensorPrimitives.Distance(probe, chunk.Row(from + i)));
            }
        }
    }

    private sealed class Chunk : IDisposable
    {
        private readonly float[] _rows;
        private readonly int _dimension;

        public Chunk(int dimension)
        {
            _dimension = dimension;
            _rows = new float[ChunkRows * dimension];
            RowsTensor = frombuffer(_rows, ScalarType.Float32).view(ChunkRows, dimension).DetachFromDisposeScope();
            NormsTensor = frombuffer(SquaredNorms, ScalarType.Float32).DetachFromDisposeScope();
        }

        public int[] People { get; } = new int[ChunkRows];

        public float[] SquaredNorms { get; } = new float[ChunkRows];

        /// <summary>The same memory, as libtorch sees it.</summary>
        public Tensor RowsTensor { get; }

        public Tensor NormsTensor { get; }

        public Span<float> Row(int row) => _rows.AsSpan(row * _dimension, _dimension);

        public void Dispose()
        {
            RowsTensor.Dispose();
            NormsTensor.Dispose();
        }
    }
}
