using System.Numerics;
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
    private const int ShareRows = 512;

    /// <summary>From this many probes on, the matrix product wins.</summary>
    private const int ManyProbes = 4;

    /// <summary>So many share one reading: their products with a chunk, 8 MB, stay in the cache.</summary>
    private const int ProbesTogether = 256;

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
        else
        {
            for (var from = 0; from < found.Length; from += ProbesTogether)
            {
                var some = Math.Min(ProbesTogether, found.Length - from);
                Together(probes.Slice(from * Dimension, some * Dimension), found.AsSpan(from, some).ToArray());
            }
        }

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

    /// <summary>
    /// Each chunk is multiplied with all probes, [rows,D]·[D,P], which is the order that matrix products are quickest in, into one
    /// buffer that is used again and again. The cores then look through their share of the rows.
    /// </summary>
    private void Together(ReadOnlyMemory<float> probes, NearestPeople[] found)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var count = found.Length;
        var across = tensor(probes.ToArray(), [count, Dimension]).t().contiguous();
        var products = new float[ChunkRows * count];
        var productsTensor = frombuffer(products, ScalarType.Float32).view(ChunkRows, count);
        var largest = 0f;
        for (var c = 0; c < _chunks.Count; c++) largest = Math.Max(largest, TensorPrimitives.Max(_chunks[c].SquaredNorms.AsSpan(0, RowsIn(c))));
        var norms = new float[count];
        for (var p = 0; p < count; p++) norms[p] = TensorPrimitives.SumOfSquares(probes.Span.Slice(p * Dimension, Dimension));

        var shares = new Share[Math.Min(Environment.ProcessorCount, ChunkRows / ShareRows)];
        for (var i = 0; i < shares.Length; i++) shares[i] = new Share(norms, largest, found[0].Most);
        for (var c = 0; c < _chunks.Count; c++)
        {
            using var inner = NewDisposeScope();
            var (chunk, rows) = (_chunks[c], RowsIn(c));
            productsTensor.narrow(0, 0, rows).addmm_(chunk.RowsTensor.narrow(0, 0, rows), across, beta: 0, alpha: -2);
            Parallel.For(0, shares.Length, i => shares[i].Look(chunk, products, probes.Span, rows * i / shares.Length, rows * (i + 1) / shares.Length));
        }

        foreach (var share in shares)
        {
            for (var p = 0; p < count; p++) found[p].Merge(share.Best[p]);
        }
    }

    /// <summary>One core's share of every chunk, and the nearest people it has seen there.</summary>
    private sealed class Share
    {
        private readonly float[] _norms;
        private readonly float _largestNorm;
        private readonly float[] _limits;

        public Share(float[] norms, float largestNorm, int most)
        {
            (_norms, _largestNorm) = (norms, largestNorm);
            Best = new NearestPeople[norms.Length];
            for (var p = 0; p < Best.Length; p++) Best[p] = new NearestPeople(most);
            _limits = new float[norms.Length];
            _limits.AsSpan().Fill(float.PositiveInfinity);
        }

        /// <summary>Per probe.</summary>
        public NearestPeople[] Best { get; }

        /// <summary>Looks closely at the rows whose score ‖x‖² − 2 x·p could, rounding included, be among the nearest.</summary>
        /// <param name="chunk">The encodings x.</param>
        /// <param name="products">−2 x·p, row by row.</param>
        /// <param name="probes">The p.</param>
        /// <param name="from">First row.</param>
        /// <param name="to">Behind the last row.</param>
        public void Look(Chunk chunk, float[] products, ReadOnlySpan<float> probes, int from, int to)
        {
            var count = _limits.Length;
            for (var row = from; row < to; row++)
            {
                var scores = products.AsSpan(row * count, count);
                var norm = chunk.SquaredNorms[row];
                var p = 0;
                for (; p <= count - Vector<float>.Count; p += Vector<float>.Count)
                {
                    if (!Vector.LessThanOrEqualAny(new Vector<float>(scores[p..]) + new Vector<float>(norm), new Vector<float>(_limits, p))) continue;
                    for (var i = p; i < p + Vector<float>.Count; i++) Offer(i, scores[i] + norm, chunk, row, probes);
                }

                for (; p < count; p++) Offer(p, scores[p] + norm, chunk, row, probes);
            }
        }

        private void Offer(int probe, float score, Chunk chunk, int row, ReadOnlySpan<float> probes)
        {
            if (!(score <= _limits[probe])) return;
            var x = chunk.Row(row);
            var best = Best[probe];
            best.Offer(chunk.People[row], TensorPrimitives.Distance(probes.Slice(probe * x.Length, x.Length), x));
            _limits[probe] = (best.Worst * best.Worst) - _norms[probe] + (1e-5f * (_norms[probe] + _largestNorm));
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
