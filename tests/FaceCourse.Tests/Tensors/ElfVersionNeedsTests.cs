using FaceCourse.Tensors;
using Xunit;

namespace FaceCourse.Tests.Tensors;

public sealed class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    private static byte[] NativeFile()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(file), "TorchSharp's Linux file is not beside the tests.");
        return File.ReadAllBytes(file);
    }

    [Fact]
    public void Relaxing_changes_nothing_but_the_flags_of_the_wanted_version()
    {
        var before = NativeFile();
        var after = (byte[])before.Clone();

        Assert.Equal(1, ElfVersionNeeds.MarkWeak(after, Version));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        var at = Assert.Single(changed);
        Assert.Equal(before[at] | 2, after[at]);
    }

    [Fact]
    public void A_version_that_is_not_wanted_changes_nothing()
    {
        var bytes = NativeFile();
        var before = (byte[])bytes.Clone();

        Assert.Equal(0, ElfVersionNeeds.MarkWeak(bytes, "GLIBCXX_9.9.9"));
        Assert.Equal(before, bytes);
    }

    [Fact]
    public void What_is_no_ELF_file_is_refused()
        => Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(new byte[4096], Version));

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_truncated_ELF_file_is_refused(double share)
    {
        var whole = NativeFile();

        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(whole.AsSpan(0, (int)(whole.Length * share)), Version));
    }

    [Fact]
    public void A_file_with_damaged_tables_never_does_worse_than_an_exception()
    {
        var whole = NativeFile();
        var random = new Random(7);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = (byte[])whole.Clone();
            var sections = (int)BitConverter.ToInt64(damaged, 40);
            for (var k = 0; k < 20; k++) damaged[sections + random.Next(damaged.Length - sections)] = (byte)random.Next(256);
            damaged[40 + random.Next(24)] ^= (byte)random.Next(256);

            try
            {
                ElfVersionNeeds.MarkWeak(damaged, Version);
            }
            catch (InvalidDataException)
            {
                // refused: fine
            }
        }
    }
}
