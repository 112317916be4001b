using FaceCourse.Faces;
using Npgsql;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

/// <summary>What every store promises; run for memory, SQLite and, where FACECOURSE_POSTGRES names a server, PostgreSQL.</summary>
public abstract class GalleryStoreTests : IDisposable
{
    private readonly Gallery _gallery;
    private readonly float[] _an = Encodings.Random(1), _binh = Encodings.Random(2), _chi = Encodings.Random(3);

    protected GalleryStoreTests(IGalleryStore store) => _gallery = new Gallery(store);

    [Fact]
    public void A_probe_within_τ_is_recognised_and_the_runner_up_is_the_nearest_other_person()
    {
        _gallery.Enrol("An", _an);
        _gallery.Enrol("An", Encodings.Near(_an, 0.1f, seed: 10));
        _gallery.Enrol("Bình", Encodings.Near(_an, 0.5f, seed: 11));
        _gallery.Enrol("Chi", _chi);

        var who = _gallery.Recognise(Encodings.Near(_an, 0.3f));

        Assert.Equal("An", who.Person);
        Assert.Equal(0.3, who.Nearest!.Value.Distance, 0.02);
        Assert.Equal("Bình", who.RunnerUp!.Value.Person);
        Assert.Equal(who.RunnerUp.Value.Distance - who.Nearest.Value.Distance, who.Margin);
        Assert.Contains("An (d = 0.", who.ToString());
    }

    [Fact]
    public void A_probe_beyond_τ_is_not_recognised_but_the_nearest_person_is_told()
    {
        _gallery.Enrol("An", _an);
        var stranger = Encodings.Near(_an, 0.61f);

        Assert.Null(_gallery.Recognise(stranger).Person);
        Assert.Equal("An", _gallery.Recognise(stranger).Nearest!.Value.Person);
        Assert.Contains("not recognised", _gallery.Recognise(stranger).ToString());

        _gallery.Threshold = 0.62;
        Assert.Equal("An", _gallery.Recognise(stranger).Person);
    }

    [Fact]
    public void An_empty_gallery_recognises_nobody()
    {
        var who = _gallery.Recognise(_an);

        Assert.False(who.IsRecognised);
        Assert.Null(who.Nearest);
        Assert.Empty(_gallery.People);
    }

    [Fact]
    public void A_removed_person_is_gone_and_can_come_back()
    {
        _gallery.Enrol("An", _an);
        _gallery.Enrol("Bình", _binh);
        _gallery.Enrol("An", _chi);

        Assert.Equal(2, _gallery.Remove("An"));

        Assert.Equal([new EnrolledPerson("Bình", 1)], _gallery.People);
        Assert.Null(_gallery.Recognise(_an).Person);
        Assert.Contains("Nobody in the gallery is called \"An\"", Assert.Throws<GalleryException>(() => _gallery.Remove("An")).Message);

        _gallery.Enrol("An", _chi);
        Assert.Equal("An", _gallery.Recognise(_chi).Person);
        Assert.Null(_gallery.Recognise(_an).Person);
    }

    [Fact]
    public void A_renamed_person_keeps_the_encodings_and_a_taken_name_is_refused()
    {
        _gallery.Enrol("An", _an);
        _gallery.Enrol("Bình", _binh);

        _gallery.Rename("An", "Dr. An");
        _gallery.Rename("Dr. An", "Dr. An");

        Assert.Equal("Dr. An", _gallery.Recognise(_an).Person);
        Assert.Contains("Somebody else", Assert.Throws<GalleryException>(() => _gallery.Rename("Dr. An", "Bình")).Message);
        Assert.Contains("Nobody", Assert.Throws<GalleryException>(() => _gallery.Rename("An", "Chi")).Message);
        Assert.Equal(["Bình", "Dr. An"], _gallery.People.Select(p => p.Name));
    }

    [Theory]
    [InlineData("Nguyễn Thị Minh Khai")]
    [InlineData("山田太郎")]
    [InlineData("محمد")]
    [InlineData("O'Brien; DROP TABLE person; --")]
    [InlineData("🙂")]
    public void Names_may_be_in_any_script(string name)
    {
        _gallery.Enrol(name, _an);

        Assert.Equal(name, _gallery.Recognise(_an).Person);
        Assert.Equal(1, _gallery.Remove(name));
    }

    [Fact]
    public void A_name_typed_with_combining_accents_is_the_same_name()
    {
        _gallery.Enrol("Nguyễn", _an);
        _gallery.Enrol(" Nguye\u0302\u0303n ", _binh);

        Assert.Equal([new EnrolledPerson("Nguyễn", 2)], _gallery.People);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("two\nlines", "one line")]
    public void A_name_that_is_none_is_refused(string name, string why) =>
        Assert.Contains(why, Assert.Throws<GalleryException>(() => _gallery.Enrol(name, _an)).Message);

    [Fact]
    public void A_name_with_half_a_character_is_refused() =>
        Assert.Contains("half of a Unicode character", Assert.Throws<GalleryException>(() => _gallery.Enrol("half \ud83d", _an)).Message);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e30f)]
    public void Numbers_that_are_no_encoding_are_refused_at_enrolment_and_as_a_probe(float bad)
    {
        _binh[7] = bad;
        _gallery.Enrol("An", _an);

        Assert.Contains("Number 7 of encoding 0", Assert.Throws<GalleryException>(() => _gallery.Enrol("Bình", _binh)).Message);
        Assert.Throws<GalleryException>(() => _gallery.Recognise(_binh));
        Assert.Single(_gallery.People);
    }

    [Fact]
    public void Another_dimension_is_refused_at_enrolment_and_as_a_probe()
    {
        _gallery.Enrol("An", _an);

        Assert.Contains("different encoders", Assert.Throws<GalleryException>(() => _gallery.Enrol("Bình", _binh.AsSpan(0, 64))).Message);
        Assert.Contains("different encoders", Assert.Throws<GalleryException>(() => _gallery.Recognise(_binh.AsSpan(0, 64))).Message);
        Assert.Throws<GalleryException>(() => _gallery.Enrol("Bình", ReadOnlySpan<float>.Empty));
        Assert.Equal(128, _gallery.Dimension);
    }

    [Fact]
    public void Many_people_are_enrolled_at_once_or_not_at_all()
    {
        using var _ = NewDisposeScope();
        using var all = tensor(Encodings.Random(5, 3), [3, 128]);

        _gallery.Enrol(["An", "Bình", "An"], all);

        Assert.Equal([new EnrolledPerson("An", 2), new EnrolledPerson("Bình", 1)], _gallery.People);
        Assert.Equal(["An", "Bình", "An"], _gallery.Recognise(all).Select(r => r.Person));
        Assert.Throws<GalleryException>(() => _gallery.Enrol(["Chi", ""], all.slice(0, 0, 2, 1)));
        Assert.Throws<GalleryException>(() => _gallery.Enrol(["Chi"], all));
        Assert.Contains("Was a face found", Assert.Throws<GalleryException>(() => _gallery.Enrol("Chi", zeros(0, 128))).Message);
        Assert.Equal(2, _gallery.People.Count);
    }

    [Fact]
    public void The_nearest_people_come_in_order()
    {
        for (var i = 0; i < 10; i++) _gallery.Enrol($"P{i}", Encodings.Near(_an, 0.1f + 0.1f * i));

        var nearest = _gallery.Nearest(_an, 3);

        Assert.Equal(["P0", "P1", "P2"], nearest.Select(n => n.Person));
        Assert.Equal(0.04, nearest[1].SquaredDistance, 1e-4);
    }

    public void Dispose()
    {
        _gallery.Dispose();
        Clean();
        GC.SuppressFinalize(this);
    }

    protected virtual void Clean()
    {
    }
}

public sealed class MemoryGalleryTests() : GalleryStoreTests(new MemoryGalleryStore());

public sealed class SqliteGalleryStoreTests : GalleryStoreTests
{
    private readonly string _path;

    public SqliteGalleryStoreTests()
        : this(Path.Combine(Path.GetTempPath(), $"facecourse-{Guid.NewGuid():N}.db"))
    {
    }

    private SqliteGalleryStoreTests(string path)
        : base(new SqliteGalleryStore(path)) => _path = path;

    protected override void Clean() => File.Delete(_path);
}

/// <summary>Needs a server with pgvector whose name, user and database FACECOURSE_POSTGRES gives as a connection string.</summary>
public sealed class PostgresGalleryTests() : GalleryStoreTests(new PostgresGalleryStore(Server, gallery: Schema))
{
    private const string Schema = "facecourse_test";

    private static string Server
    {
        get
        {
            var server = Environment.GetEnvironmentVariable("FACECOURSE_POSTGRES");
            Assert.SkipWhen(string.IsNullOrEmpty(server), "FACECOURSE_POSTGRES holds no connection string");
            return server!;
        }
    }

    [Fact]
    public void A_server_gallery_of_another_dimension_is_refused() =>
        Assert.Contains("different encoders", Assert.Throws<GalleryException>(() => new PostgresGalleryStore(Server, 64, Schema)).Message);

    [Fact]
    public void The_approximate_index_finds_almost_always_the_same_person()
    {
        using var store = new PostgresGalleryStore(Server, gallery: Schema);
        var encodings = Encodings.Random(1, 2000);
        store.Add([.. Enumerable.Range(0, 2000).Select(i => $"P{i}")], encodings, 128);
        var probes = Encodings.Random(2, 50);
        var exact = store.Nearest(probes, 128, 2).Select(n => n[0].Person).ToArray();

        store.BuildApproximateIndex();
        store.Candidates = 200;
        var near = store.Nearest(probes, 128, 2).Select(n => n[0].Person).ToArray();

        Assert.True(exact.Zip(near).Count(p => p.First == p.Second) >= 45);
    }

    [Fact]
    public async Task Two_connections_enrol_the_same_people_at_once_and_nothing_is_lost()
    {
        var server = Server;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(() =>
        {
            using var store = new PostgresGalleryStore(server, gallery: Schema);
            for (var i = 0; i < 10; i++) store.Add([$"P{i}", $"P{9 - i}"], Encodings.Random(w * 100 + i, 2), 128);
        }, TestContext.Current.CancellationToken)));

        using var all = new PostgresGalleryStore(server, gallery: Schema);
        Assert.Equal(80, all.People().Sum(p => p.Encodings));
    }

    protected override void Clean()
    {
        using var data = NpgsqlDataSource.Create(Server);
        using var drop = data.CreateCommand($"DROP SCHEMA {Schema} CASCADE");
        drop.ExecuteNonQuery();
    }
}

public sealed class PostgresWithoutServerTests
{
    [Fact]
    public void A_server_that_does_not_answer_gives_a_clear_error() =>
        Assert.Contains("does not answer", Assert.Throws<GalleryException>(() => new PostgresGalleryStore("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2")).Message);

    [Fact]
    public void A_connection_string_that_is_none_gives_a_clear_error() =>
        Assert.Contains("no PostgreSQL connection string", Assert.Throws<GalleryException>(() => new PostgresGalleryStore("this is none")).Message);

    [Fact]
    public void A_gallery_name_cannot_smuggle_sql() =>
        Assert.Throws<GalleryException>(() => new PostgresGalleryStore("Host=127.0.0.1;Port=1", gallery: "x\"; DROP TABLE y; --"));

    [Fact]
    public void A_missing_extension_is_named()
    {
        var plain = Environment.GetEnvironmentVariable("FACECOURSE_POSTGRES_PLAIN");
        Assert.SkipWhen(string.IsNullOrEmpty(plain), "FACECOURSE_POSTGRES_PLAIN holds no connection string to a server without pgvector");

        Assert.Contains("no pgvector extension", Assert.Throws<GalleryException>(() => new PostgresGalleryStore(plain!)).Message);
    }
}
