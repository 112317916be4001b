using System.Diagnostics;
using FaceCourse.Faces;
using FaceCourse.Tests.Assets;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FaceCourse.Tests.Faces;

/// <summary>What can happen to the file: damage, other programs, several processes, a kill in the middle.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly float[] _an = Encodings.Random(1);

    private string File => Path.Combine(_folder.Path, "people.db");

    [Fact]
    public void A_gallery_is_there_again_after_the_program_ends()
    {
        using (var first = Gallery.Open(File)) first.Enrol("An", _an);
        Assert.Equal([File], Directory.GetFiles(_folder.Path));

        using var second = Gallery.Open(File);

        Assert.Equal("An", second.Recognise(_an).Person);
        Assert.Equal(0f, second.Recognise(_an).Nearest!.Value.Distance);
    }

    [Fact]
    public void One_gallery_sees_what_another_one_on_the_same_file_does()
    {
        using var one = Gallery.Open(File);
        using var other = Gallery.Open(File);
        one.Enrol("An", _an);
        Assert.Equal("An", other.Recognise(_an).Person);

        other.Rename("An", "Dr. An");
        one.Enrol("Chi", Encodings.Random(3));
        Assert.Equal("Dr. An", one.Recognise(_an).Person);

        one.Remove("Dr. An");
        Assert.Null(other.Recognise(_an).Person);
        Assert.Equal(["Chi"], other.People.Select(p => p.Name));
    }

    [Fact]
    public void A_removed_persons_numbers_are_gone_from_the_file()
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(_an.AsSpan()).ToArray();
        using (var gallery = Gallery.Open(File)) gallery.Enrol("An", _an);
        Assert.True(System.IO.File.ReadAllBytes(File).AsSpan().IndexOf(bytes) >= 0);

        using (var gallery = Gallery.Open(File)) gallery.Remove("An");

        Assert.Equal(-1, System.IO.File.ReadAllBytes(File).AsSpan().IndexOf(bytes.AsSpan(0, 64)));
    }

    [Theory]
    [InlineData(100, 5000)] // everything behind the header
    [InlineData(0, 40)]     // the header
    public void A_damaged_file_is_refused_and_a_copy_kept(int from, int count)
    {
        using (var gallery = Gallery.Open(File)) gallery.Enrol("An", _an);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var i = from; i < Math.Min(bytes.Length, from + count); i++) bytes[i] ^= 0x5A;
        System.IO.File.WriteAllBytes(File, bytes);

        var error = Assert.Throws<GalleryException>(() => Gallery.Open(File));
        Assert.Throws<GalleryException>(() => Gallery.Open(File));

        Assert.Contains("is damaged", error.Message);
        var copy = Assert.Single(Directory.GetFiles(_folder.Path, "people.db.damaged-*"));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(copy));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void One_changed_bit_in_an_encoding_is_noticed()
    {
        using (var gallery = Gallery.Open(File)) gallery.Enrol("An", _an);
        var bytes = System.IO.File.ReadAllBytes(File);
        var at = bytes.AsSpan().IndexOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_an.AsSpan()));
        bytes[at + 77] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);

        Assert.Contains("encoding 1 is not as it was written", Assert.Throws<GalleryException>(() => Gallery.Open(File)).Message);
    }

    [Fact]
    public void A_file_cut_in_half_is_refused()
    {
        using (var gallery = Gallery.Open(File))
        {
            for (var i = 0; i < 100; i++) gallery.Enrol($"P{i}", _an);
        }

        using (var file = System.IO.File.OpenWrite(File)) file.SetLength(file.Length / 2);

        Assert.Contains("is damaged", Assert.Throws<GalleryException>(() => Gallery.Open(File)).Message);
    }

    [Fact]
    public void A_text_file_or_another_programs_database_is_refused_and_left_alone()
    {
        var text = _folder.Write("notes.txt", "These are my notes, and they are long enough to look like something."u8.ToArray());
        Assert.Throws<GalleryException>(() => Gallery.Open(text));

        using (var other = new SqliteConnection($"Data Source={File};Pooling=false"))
        {
            other.Open();
            using var create = other.CreateCommand();
            create.CommandText = "CREATE TABLE recipe (name TEXT)";
            create.ExecuteNonQuery();
        }

        Assert.Contains("another program", Assert.Throws<GalleryException>(() => Gallery.Open(File)).Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_gives_a_clear_error() =>
        Assert.Contains("folder exists", Assert.Throws<GalleryException>(() => Gallery.Open(Path.Combine(_folder.Path, "no", "where.db"))).Message);

    [Fact]
    public async Task Two_processes_enrol_at_once_and_nothing_is_lost()
    {
        var processes = new[] { StartEnrolling("A", 40), StartEnrolling("B", 40) };
        foreach (var process in processes)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            process.Dispose();
        }

        using var gallery = Gallery.Open(File);
        Assert.Equal(80, gallery.People.Count);
    }

    [Fact]
    public async Task A_process_killed_while_enrolling_loses_nothing_it_has_reported()
    {
        using var process = StartEnrolling("A", 100_000);
        var reported = 0;
        while (reported < 25 && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (int.TryParse(line, out var done)) reported = done;
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var gallery = Gallery.Open(File);
        Assert.Equal(25, reported);
        Assert.InRange(gallery.People.Count, reported, 99_999);
        for (var i = 1; i <= reported; i++) Assert.Equal($"A{i}", gallery.Recognise(Encodings.Random(i)).Person);
        gallery.Enrol("An", _an);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>This test program once more, as <see cref="EnrolInAnotherProcess"/> only.</summary>
    private Process StartEnrolling(string prefix, int count)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SqliteFileTests).Assembly.Location, "-method", $"*.{nameof(EnrolInAnotherProcess)}.{nameof(EnrolInAnotherProcess.Enrol)}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            Environment = { [EnrolInAnotherProcess.Variable] = $"{File}|{prefix}|{count}" },
        };
        return Process.Start(start)!;
    }
}

/// <summary>The other process of the tests above; does nothing unless one of them starts it.</summary>
public sealed class EnrolInAnotherProcess
{
    internal const string Variable = "FACECOURSE_TEST_ENROL";

    [Fact(Explicit = true)]
    public void Enrol()
    {
        var parts = Environment.GetEnvironmentVariable(Variable)?.Split('|');
        Assert.SkipWhen(parts is null, "only for the tests that start another process");
        using var gallery = Gallery.Open(parts![0]);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (var i = 1; i <= int.Parse(parts[2]); i++)
        {
            gallery.Enrol($"{parts[1]}{i}", Encodings.Random(i));
            output.WriteLine(i);
        }
    }
}
