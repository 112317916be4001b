using Npgsql;
using Pgvector;

namespace FaceCourse.Faces;

/// <summary>A gallery on a PostgreSQL server with the pgvector extension, searched by the server: for many machines and more people than one memory holds.</summary>
/// <remarks>
/// Any server that speaks PostgreSQL's protocol and has pgvector will do; a cluster is another connection string, not
/// other code. The search is exact unless <see cref="BuildApproximateIndex"/> has been called and
/// <see cref="Candidates"/> is set.
/// </remarks>
public sealed class PostgresGalleryStore : IGalleryStore
{
    private readonly NpgsqlDataSource _data;
    private readonly int _dimension;
    private readonly string _person;
    private readonly string _encoding;

    /// <summary>Connects, and creates the two tables if they are not there.</summary>
    /// <param name="connectionString">Such as <c>Host=localhost;Username=course;Database=course</c>.</param>
    /// <param name="dimension">How many numbers an encoding has.</param>
    /// <param name="gallery">The tables' schema: one database holds several galleries. Letters, digits and underscores.</param>
    /// <exception cref="GalleryException">The server cannot be reached, has no pgvector, or the gallery has another dimension.</exception>
    public PostgresGalleryStore(string connectionString, int dimension = 128, string gallery = "gallery")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (string.IsNullOrEmpty(gallery) || gallery.Length > 60 || !gallery.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new GalleryException($"A gallery on a server is named with at most 60 letters, digits and underscores; \"{gallery}\" is not.");

        _dimension = dimension;
        (_person, _encoding) = ($"\"{gallery}\".person", $"\"{gallery}\".encoding");
        NpgsqlDataSourceBuilder builder;
        try
        {
            builder = new NpgsqlDataSourceBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new GalleryException($"This is no PostgreSQL connection string ({e.Message.TrimEnd('.')}); write it like Host=localhost;Username=course;Database=course.", e);
        }

        // The types of an extension are known to a data source only if the extension was there when it first connected.
        Guarded(() => AddExtension(connectionString));
        builder.UseVector();
        _data = builder.Build();
        try
        {
            Guarded(() => CreateTables(gallery));
        }
        catch
        {
            _data.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int? Dimension => _dimension;

    /// <summary>
    /// null (exact), or how many of the approximately nearest encodings are looked at per probe. Takes effect with an index from
    /// <see cref="BuildApproximateIndex"/>; more candidates find the true nearest more often, and take longer. 1 to 1000.
    /// </summary>
    public int? Candidates { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<EnrolledPerson> People() => Guarded(() =>
    {
        using var command = _data.CreateCommand(
            $"SELECT p.name, count(e.id)::int FROM {_person} p LEFT JOIN {_encoding} e ON e.person = p.id GROUP BY p.id, p.name");
        using var rows = command.ExecuteReader();
        var people = new List<EnrolledPerson>();
        while (rows.Read()) people.Add(new EnrolledPerson(rows.GetString(0), rows.GetInt32(1)));
        people.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return people;
    });

    /// <inheritdoc/>
    public void Add(IReadOnlyList<string> people, ReadOnlyMemory<float> encodings, int dimension)
    {
        ArgumentNullException.ThrowIfNull(people);
        if (dimension != _dimension) throw MemoryGalleryStore.WrongDimension(dimension, _dimension);
        Guarded(() =>
        {
            using var connection = _data.OpenConnection();
            using var transaction = connection.BeginTransaction();
            var numbers = new Dictionary<string, long>(StringComparer.Ordinal);

            // In the order of the names, so that two enrolments of the same people cannot wait for each other for ever.
            using (var insert = new NpgsqlCommand(
                $"INSERT INTO {_person} (name) SELECT n FROM unnest($1) WITH ORDINALITY t(n, i) ORDER BY i ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING name, id", connection))
            {
                insert.Parameters.Add(new NpgsqlParameter { Value = people.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray() });
                using var rows = insert.ExecuteReader();
                while (rows.Read()) numbers[rows.GetString(0)] = rows.GetInt64(1);
            }

            using (var copy = connection.BeginBinaryImport($"COPY {_encoding} (person, vector) FROM STDIN (FORMAT BINARY)"))
            {
                for (var i = 0; i < people.Count; i++)
                {
                    copy.StartRow();
                    copy.Write(numbers[people[i]]);
                    copy.Write(new Vector(encodings.Slice(i * dimension, dimension)));
                }

                copy.Complete();
            }

            transaction.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    public int Remove(string person) => Guarded(() =>
    {
        using var command = _data.CreateCommand(
            $"WITH gone AS (DELETE FROM {_encoding} WHERE person = (SELECT id FROM {_person} WHERE name = $1) RETURNING 1), named AS (DELETE FROM {_person} WHERE name = $1) SELECT count(*)::int FROM gone");
        command.Parameters.Add(new NpgsqlParameter { Value = person });
        return (int)command.ExecuteScalar()!;
    });

    /// <inheritdoc/>
    public bool Rename(string person, string newName) => Guarded(() =>
    {
        using var command = _data.CreateCommand($"UPDATE {_person} SET name = $2 WHERE name = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = person });
        command.Parameters.Add(new NpgsqlParameter { Value = newName });
        try
        {
            return command.ExecuteNonQuery() == 1;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw MemoryGalleryStore.NameTaken(newName);
        }
    });

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<GalleryMatch>> Nearest(ReadOnlyMemory<float> probes, int dimension, int people)
    {
        if (dimension != _dimension) throw MemoryGalleryStore.WrongDimension(dimension, _dimension);
        var near = Candidates is { } candidates
            ? $"(SELECT person, vector <-> q.v AS d FROM {_encoding} ORDER BY vector <-> q.v LIMIT {Math.Clamp(candidates, 1, 1000)})"
            : $"(SELECT person, vector <-> q.v AS d FROM {_encoding})";
        return Guarded(() =>
        {
            var vectors = Enumerable.Range(0, probes.Length / dimension).Select(i => new Vector(probes.Slice(i * dimension, dimension))).ToArray();
            using var connection = _data.OpenConnection();
            using var transaction = connection.BeginTransaction();
            if (Candidates is { } wanted)
            {
                using var set = new NpgsqlCommand($"SET LOCAL hnsw.ef_search = {Math.Clamp(wanted, 1, 1000)}", connection);
                set.ExecuteNonQuery();
            }

            using var command = new NpgsqlCommand(
                $"""
                SELECT q.i, p.name, m.d
                FROM unnest($1) WITH ORDINALITY q(v, i)
                CROSS JOIN LATERAL (SELECT person, min(d) AS d FROM {near} n GROUP BY person ORDER BY min(d), person LIMIT $2) m
                JOIN {_person} p ON p.id = m.person
                ORDER BY q.i, m.d, m.person
                """, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = vectors });
            command.Parameters.Add(new NpgsqlParameter { Value = people });
            using var rows = command.ExecuteReader();
            var found = vectors.Select(_ => new List<GalleryMatch>()).ToArray();
            while (rows.Read()) found[rows.GetInt64(0) - 1].Add(new GalleryMatch(rows.GetString(1), (float)rows.GetDouble(2)));
            return found;
        });
    }

    /// <summary>Builds an HNSW index, the price of which is that a search may miss the nearest person; see <see cref="Candidates"/>.</summary>
    /// <remarks>pgvector indexes up to 2000 numbers per encoding. Takes minutes per million encodings.</remarks>
    /// <exception cref="GalleryException">The server cannot build it.</exception>
    public void BuildApproximateIndex() => Guarded(() =>
    {
        using var command = _data.CreateCommand($"CREATE INDEX IF NOT EXISTS encoding_nearest ON {_encoding} USING hnsw (vector vector_l2_ops)");
        command.CommandTimeout = 0;
        return command.ExecuteNonQuery();
    });

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _data.Dispose();

    private static int AddExtension(string connectionString)
    {
        using var plain = NpgsqlDataSource.Create(connectionString);
        using var there = plain.CreateCommand(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') THEN 2 WHEN EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') THEN 1 ELSE 0 END");
        var state = (int)there.ExecuteScalar()!;
        if (state == 0)
        {
            throw new GalleryException(
                "This PostgreSQL server has no pgvector extension, which the search needs: install it on the server (on Debian 13: apt install postgresql-17-pgvector), or choose a server that has it.");
        }

        if (state == 2) return 0;
        try
        {
            using var create = plain.CreateCommand("CREATE EXTENSION IF NOT EXISTS vector");
            return create.ExecuteNonQuery();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return 0; // another process was a moment faster
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new GalleryException("The pgvector extension is installed but not switched on in this database, and this user may not do so: ask its owner to run CREATE EXTENSION vector.", e);
        }
    }

    private int CreateTables(string gallery)
    {
        using var connection = _data.OpenConnection();
        using var transaction = connection.BeginTransaction();

        // CREATE … IF NOT EXISTS is no guard against two processes that begin the same gallery at once.
        using var create = new NpgsqlCommand(
            $"""
            SELECT pg_advisory_xact_lock(hashtext('facecourse gallery'));
            CREATE SCHEMA IF NOT EXISTS "{gallery}";
            CREATE TABLE IF NOT EXISTS {_person} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
            CREATE TABLE IF NOT EXISTS {_encoding} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person bigint NOT NULL REFERENCES {_person} (id), vector vector({_dimension}) NOT NULL);
            CREATE INDEX IF NOT EXISTS encoding_of_person ON {_encoding} (person);
            """, connection);
        create.ExecuteNonQuery();
        using var held = new NpgsqlCommand($"SELECT atttypmod FROM pg_attribute WHERE attrelid = '{_encoding}'::regclass AND attname = 'vector'", connection);
        var dimension = (int)held.ExecuteScalar()!;
        if (dimension != _dimension) throw MemoryGalleryStore.WrongDimension(_dimension, dimension);
        transaction.Commit();
        return 0;
    }

    private static T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (PostgresException e)
        {
            throw new GalleryException($"The PostgreSQL server refused ({e.MessageText.TrimEnd('.')}, {e.SqlState}); check the database, the user and the password in the connection string.", e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new GalleryException($"The PostgreSQL server does not answer ({e.Message.TrimEnd('.')}); check host and port in the connection string, and that it runs.", e);
        }
    }
}
