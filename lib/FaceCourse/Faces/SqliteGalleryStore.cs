using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace FaceCourse.Faces;

/// <summary>A gallery in one SQLite file, searched in memory.</summary>
/// <remarks>
/// What <see cref="Add"/> has returned from survives a killed process and a power cut (write-ahead log, synced to the
/// disk at each commit). Several processes may enrol and search at once; each sees the others' changes at its next
/// call. While the file is open, two helper files (-wal, -shm) lie beside it. Keep it on a local disk: network file
/// systems do not lock as SQLite needs. Every encoding carries a checksum, and a file that fails it, or SQLite's own
/// check, is refused; a copy is kept beside it. A removed person's numbers are overwritten with zeros, not merely unlinked.
/// </remarks>
public sealed class SqliteGalleryStore : IGalleryStore
{
    // "FCgl", so that another program's database is not mistaken for a gallery.
    private const int ApplicationId = 0x4643676C;
    private const int Version = 1;
    private const int WaitSeconds = 30;
    private const int Busy = 5, Locked = 6, Corrupt = 11, NoDatabase = 26;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private MemoryGalleryStore _memory = new();
    private long _lastEncoding;
    private long _changes = -1;

    /// <summary>Opens the file, or creates it.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="GalleryException">The file is damaged, or no gallery, or cannot be written.</exception>
    public SqliteGalleryStore(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = WaitSeconds }.ToString());
        try
        {
            Guarded(() =>
            {
                _connection.Open();
                Prepare();
                Refresh();
                return 0;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int? Dimension
    {
        get
        {
            lock (_gate) return Guarded(() => Current().Dimension);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<EnrolledPerson> People()
    {
        lock (_gate) return Guarded(() => Current().People());
    }

    /// <inheritdoc/>
    public void Add(IReadOnlyList<string> people, ReadOnlyMemory<float> encodings, int dimension)
    {
        ArgumentNullException.ThrowIfNull(people);
        lock (_gate)
        {
            Guarded(() =>
            {
                using var transaction = _connection.BeginTransaction();
                if (Scalar("SELECT length(vector) / 4 FROM encoding LIMIT 1") is long held && held != dimension)
                    throw MemoryGalleryStore.WrongDimension(dimension, (int)held);

                using var person = Command("INSERT INTO person (name) VALUES ($name) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id", "$name");
                using var encoding = Command("INSERT INTO encoding (person, vector, checksum) VALUES ($person, $vector, $checksum)", "$person", "$vector", "$checksum");
                var bytes = new byte[4 * dimension];
                for (var i = 0; i < people.Count; i++)
                {
                    WriteLittleEndian(encodings.Span.Slice(i * dimension, dimension), bytes);
                    person.Parameters[0].Value = people[i];
                    encoding.Parameters[0].Value = person.ExecuteScalar();
                    encoding.Parameters[1].Value = bytes;
                    encoding.Parameters[2].Value = Checksum(bytes);
                    encoding.ExecuteNonQuery();
                }

                transaction.Commit();
                return 0;
            });
        }
    }

    /// <inheritdoc/>
    public int Remove(string person)
    {
        lock (_gate)
        {
            return Guarded(() =>
            {
                Refresh();
                using var transaction = _connection.BeginTransaction();
                var changes = Changes();
                using var encodings = Command("DELETE FROM encoding WHERE person = (SELECT id FROM person WHERE name = $name)", "$name");
                using var name = Command("DELETE FROM person WHERE name = $name", "$name");
                encodings.Parameters[0].Value = name.Parameters[0].Value = person;
                var removed = encodings.ExecuteNonQuery();
                name.ExecuteNonQuery();
                CountChange();
                transaction.Commit();
                if (changes == _changes && _memory.Remove(person) == removed) _changes++;
                return removed;
            });
        }
    }

    /// <inheritdoc/>
    public bool Rename(string person, string newName)
    {
        lock (_gate)
        {
            return Guarded(() =>
            {
                Refresh();
                if (person == newName) return _memory.People().Any(p => p.Name == person);
                using var transaction = _connection.BeginTransaction();
                var changes = Changes();
                using var taken = Command("SELECT count(*) FROM person WHERE name = $name", "$name");
                taken.Parameters[0].Value = newName;
                using var rename = Command("UPDATE person SET name = $new WHERE name = $old", "$new", "$old");
                (rename.Parameters[0].Value, rename.Parameters[1].Value) = (newName, person);
                if (taken.ExecuteScalar() is not 0L) throw MemoryGalleryStore.NameTaken(newName);
                if (rename.ExecuteNonQuery() == 0) return false;
                CountChange();
                transaction.Commit();
                if (changes == _changes && _memory.Rename(person, newName)) _changes++;
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<GalleryMatch>> Nearest(ReadOnlyMemory<float> probes, int dimension, int people)
    {
        lock (_gate) return Guarded(Current).Nearest(probes, dimension, people);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
            _memory.Dispose();
        }
    }

    private void Prepare()
    {
        Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;");
        if (Scalar("PRAGMA quick_check(1)") is not "ok") throw new DamagedException("SQLite's own check fails");

        using var transaction = _connection.BeginTransaction();
        var (owner, version, tables) = ((long)Scalar("PRAGMA application_id")!, (long)Scalar("PRAGMA user_version")!, (long)Scalar("SELECT count(*) FROM sqlite_master")!);
        if (owner == ApplicationId && version == Version) return;
        if (owner == ApplicationId) throw new GalleryException($"The gallery {_path} was written by a newer version of this program (format {version}); update the program.");
        if (tables > 0) throw new GalleryException($"{_path} is the database of another program, not a gallery; choose another file name.");
        Run($"""
            CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
            CREATE TABLE encoding (id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL REFERENCES person (id), vector BLOB NOT NULL, checksum INTEGER NOT NULL);
            CREATE INDEX encoding_of_person ON encoding (person);
            CREATE TABLE state (changes INTEGER NOT NULL);
            INSERT INTO state VALUES (0);
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {Version};
            """);
        transaction.Commit();
    }

    private MemoryGalleryStore Current()
    {
        Refresh();
        return _memory;
    }

    /// <summary>Takes over what this or another process has committed since: new encodings alone, or everything after a removal or renaming.</summary>
    private void Refresh()
    {
        using var transaction = _connection.BeginTransaction(deferred: true);
        var changes = Changes();
        if (changes != _changes)
        {
            _memory.Dispose();
            (_memory, _lastEncoding, _changes) = (new MemoryGalleryStore(), 0, changes);
        }

        if (Scalar("SELECT max(id) FROM encoding") is not long newest || newest <= _lastEncoding) return;

        var names = new Dictionary<long, string>();
        using (var people = Command("SELECT id, name FROM person"))
        using (var rows = people.ExecuteReader())
        {
            while (rows.Read()) names[rows.GetInt64(0)] = rows.GetString(1);
        }

        using var added = Command("SELECT id, person, vector, checksum FROM encoding WHERE id > $last ORDER BY id", "$last");
        added.Parameters[0].Value = _lastEncoding;
        using var reader = added.ExecuteReader();
        while (reader.Read())
        {
            if (reader.GetValue(2) is not byte[] { Length: > 0 } bytes || bytes.Length % 4 != 0 || Checksum(bytes) != reader.GetInt64(3)
                || !names.TryGetValue(reader.GetInt64(1), out var name)
                || (_memory.Dimension ?? bytes.Length / 4) != bytes.Length / 4)
            {
                throw new DamagedException($"encoding {reader.GetInt64(0)} is not as it was written");
            }

            _memory.Add([name], ReadLittleEndian(bytes), bytes.Length / 4);
            _lastEncoding = reader.GetInt64(0);
        }
    }

    private long Changes() => Scalar("SELECT changes FROM state") as long? ?? throw new DamagedException("a table is empty");

    private void CountChange() => Run("UPDATE state SET changes = changes + 1");

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NoDatabase)
        {
            throw Damaged("SQLite cannot read it", e);
        }
        catch (DamagedException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Busy or Locked)
        {
            throw new GalleryException($"The gallery {_path} was held by another program for {WaitSeconds} seconds; try again when it is done.", e);
        }
        catch (SqliteException e)
        {
            throw new GalleryException($"The gallery {_path} cannot be used ({e.Message.TrimEnd('.')}); check that the folder exists, is writable and has room.", e);
        }
    }

    /// <summary>Keeps a copy under a name that tells its content, so that trying again makes no second one.</summary>
    private GalleryException Damaged(string what, Exception inner)
    {
        string kept;
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var backup = $"{_path}.damaged-{Convert.ToHexStringLower(SHA256.HashData(file))[..8]}";
            if (!File.Exists(backup)) File.Copy(_path, backup);
            kept = $"a copy is kept as {Path.GetFileName(backup)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            kept = $"no copy could be kept ({e.Message.TrimEnd('.')})";
        }

        return new GalleryException($"The gallery {_path} is damaged ({what}). Nothing was changed, and {kept}. Put a backup in its place, or move the file away and enrol again.", inner);
    }

    private static long Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private static void WriteLittleEndian(ReadOnlySpan<float> numbers, Span<byte> bytes)
    {
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], numbers[i]);
    }

    private static float[] ReadLittleEndian(ReadOnlySpan<byte> bytes)
    {
        if (BitConverter.IsLittleEndian) return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        var numbers = new float[bytes.Length / 4];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        return numbers;
    }

    private sealed class DamagedException(string message) : Exception(message);
}
