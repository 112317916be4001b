namespace FaceCourse.Faces;

/// <summary>A gallery that is forgotten with the program: for experiments, and the search engine of the SQLite store.</summary>
public sealed class MemoryGalleryStore : IGalleryStore
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (string Name, int Encodings)> _people = [];
    private EncodingIndex? _index;
    private int _next;

    /// <inheritdoc/>
    public int? Dimension => _index?.Dimension;

    /// <summary>How many encodings are held.</summary>
    public int Encodings => _index?.Count ?? 0;

    /// <inheritdoc/>
    public IReadOnlyList<EnrolledPerson> People()
    {
        _lock.EnterReadLock();
        try
        {
            return [.. _people.Values.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new EnrolledPerson(p.Name, p.Encodings))];
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public void Add(IReadOnlyList<string> people, ReadOnlyMemory<float> encodings, int dimension)
    {
        _lock.EnterWriteLock();
        try
        {
            if (_index is { } other && other.Dimension != dimension && other.Count > 0) throw WrongDimension(dimension, other.Dimension);
            if (_index?.Dimension != dimension)
            {
                _index?.Dispose();
                _index = new EncodingIndex(dimension);
            }

            for (var i = 0; i < people.Count; i++)
            {
                if (!_numbers.TryGetValue(people[i], out var number)) _numbers[people[i]] = number = _next++;
                _index.Add(number, encodings.Span.Slice(i * dimension, dimension));
                _people[number] = (people[i], _people.GetValueOrDefault(number).Encodings + 1);
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public int Remove(string person)
    {
        _lock.EnterWriteLock();
        try
        {
            if (!_numbers.Remove(person, out var number)) return 0;
            _people.Remove(number);
            return _index!.Remove(number);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public bool Rename(string person, string newName)
    {
        _lock.EnterWriteLock();
        try
        {
            if (!_numbers.TryGetValue(person, out var number)) return false;
            if (person == newName) return true;
            if (!_numbers.TryAdd(newName, number)) throw NameTaken(newName);
            _numbers.Remove(person);
            _people[number] = (newName, _people[number].Encodings);
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<GalleryMatch>> Nearest(ReadOnlyMemory<float> probes, int dimension, int people)
    {
        _lock.EnterReadLock();
        try
        {
            if (_index is not { Count: > 0 } index)
                return [.. Enumerable.Range(0, probes.Length / dimension).Select(_ => Array.Empty<GalleryMatch>())];
            if (index.Dimension != dimension) throw WrongDimension(dimension, index.Dimension);
            return [.. index.Nearest(probes, Math.Min(people, _people.Count))
                .Select(found => found.Select(f => new GalleryMatch(_people[f.Person].Name, f.Distance)).ToArray())];
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index?.Dispose();
        _index = null;
        _lock.Dispose();
    }

    internal static GalleryException WrongDimension(int given, int held) => new(
        $"This encoding has {given} numbers, the gallery's have {held}: they come from different encoders and cannot be compared; use one encoder per gallery.");

    internal static GalleryException NameTaken(string name) => new(
        $"Somebody else in the gallery is called \"{name}\"; choose another name, or remove that person first.");
}
