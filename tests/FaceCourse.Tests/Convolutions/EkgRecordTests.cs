using FaceCourse.Assets;
using FaceCourse.Convolutions;
using Xunit;

namespace FaceCourse.Tests.Convolutions;

public sealed class EkgRecordTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static bool HasRecord => AssetStore.Default.TryGetLocal("signal/mitbih_100.hea", out _) && AssetStore.Default.TryGetLocal("signal/mitbih_100.dat", out _) && AssetStore.Default.TryGetLocal("signal/mitbih_100.atr", out _);

    private const string Missing = "EKG record 100 is not on this machine; set FACECOURSE_MIRROR";

    private static WfdbRecord Load()
    {
        var store = AssetStore.Default;
        return WfdbRecord.Load(store.Get("signal/mitbih_100.hea", Ct), store.Get("signal/mitbih_100.dat", Ct), store.Get("signal/mitbih_100.atr", Ct));
    }

    [Fact(SkipUnless = nameof(HasRecord), Skip = Missing)]
    public void Record_100_adds_up_to_its_two_checksums_and_starts_with_the_headers_values()
    {
        var record = Load();

        Assert.Equal([-22131, 20052], record.Signals.Select(s => (int)s.Sum));
        Assert.Equal([-22131, 20052], record.Signals.Select(s => (int)s.Checksum!.Value));
        Assert.Equal([995, 1011], record.Signals.Select(s => (int)s.Samples[0]));
        Assert.Equal(["MLII", "V5"], record.Signals.Select(s => s.Description));
        Assert.Equal([650000, 650000], record.Signals.Select(s => s.Samples.Length));
        Assert.Equal(360, record.SamplesPerSecond);
    }

    [Fact(SkipUnless = nameof(HasRecord), Skip = Missing)]
    public void Record_100_has_2239_normal_33_atrial_and_1_ventricular_beat()
    {
        var record = Load();
        var counts = record.Annotations.CountBy(a => a.Symbol).ToDictionary();

        // One more mark names the rhythm: 2274 in all, as PhysioNet lists.
        Assert.Equal((2239, 33, 1, 1), (counts['N'], counts['A'], counts['V'], counts['+']));
        Assert.Equal("(N", record.Annotations[0].Note);
        Assert.Equal(18, record.Annotations[0].Sample);
        Assert.Equal(2273, record.Ekg().Beats.Count);
        Assert.Equal(34, record.Ekg().Beats.Count(b => b.IsAbnormal));
    }

    [Fact(SkipUnless = nameof(HasRecord), Skip = Missing)]
    public void The_marked_R_peaks_stand_out_of_the_trace_in_millivolts()
    {
        var ekg = EkgRecord.MitBih100();

        Assert.Equal(-0.145f, ekg.Millivolts[0], 3);
        Assert.InRange(ekg.Beats.Average(b => ekg.Millivolts[b.Sample]), 0.6, 1.2);
        Assert.InRange(ekg.Millivolts.Average(), -0.4, -0.2);
        var part = ekg.Part(60, 120);
        Assert.Equal(21600, part.Millivolts.Length);
        Assert.Equal(ekg.Beats.First(b => b.Sample >= 21600).Sample - 21600, part.Beats[0].Sample);
    }

    [Fact(SkipUnless = nameof(HasRecord), Skip = Missing)]
    public void A_record_that_is_cut_short_altered_or_mismatched_gives_a_clear_error()
    {
        var store = AssetStore.Default;
        var header = File.ReadAllText(store.Get("signal/mitbih_100.hea", Ct));
        var data = File.ReadAllBytes(store.Get("signal/mitbih_100.dat", Ct));
        var marks = File.ReadAllBytes(store.Get("signal/mitbih_100.atr", Ct));

        Says("cut short", () => WfdbRecord.Read(header, data[..^1000]));
        Says("cut short", () => WfdbRecord.Read(header, data, marks[..1001]));
        Says("cut short", () => WfdbRecord.Read(header, data, []));
        Says("650001 samples", () => WfdbRecord.Read(header.Replace("650000", "650001"), data));
        Says("no number from", () => WfdbRecord.Read(header.Replace("650000", "9999999999999"), data));
        Says("format 212", () => WfdbRecord.Read(header.Replace("212", "16"), data));
        Says("announces 3 signals", () => WfdbRecord.Read(header.Replace("100 2", "100 3"), data));
        data[5000] ^= 1;
        Says("checksum", () => WfdbRecord.Read(header, data));
    }

    [Fact]
    public void Format_212_unpacks_negative_and_positive_samples()
    {
        // 0x7FF = 2047 and 0x800 = −2048 in three bytes: FF, 8·7, 00; then −1 and 1.
        var record = WfdbRecord.Read("x 1 250 4\nx.dat 212 100(5)/mV 12 0", [0xFF, 0x87, 0x00, 0xFF, 0x0F, 0x01]);

        Assert.Equal([2047, -2048, -1, 1], record.Signals[0].Samples.Select(s => (int)s));
        Assert.Equal(20.42f, record.Ekg().Millivolts[0], 3);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("100", "names no record")]
    [InlineData("100/3 2 360 5", "several segments")]
    [InlineData("100 two 360 5", "number of signals")]
    [InlineData("100 1 NaN 5\nx 212", "sampling rate")]
    [InlineData("100 1 360 5\nx 212 1e99", "the gain")]
    [InlineData("100 -1 360 5\nx 212", "number of signals")]
    public void A_header_that_lies_is_refused(string header, string why) => Says(why, () => WfdbRecord.Read(header, new byte[30]));

    [Fact]
    public void Random_bytes_never_make_the_reader_fail_in_another_way()
    {
        var random = new Random(4);
        for (var i = 0; i < 2000; i++)
        {
            var marks = new byte[random.Next(60)];
            random.NextBytes(marks);
            try
            {
                WfdbRecord.Read("x 1 360 1000\nx 212", new byte[1500], marks);
            }
            catch (ConvolutionException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void A_missing_file_or_part_is_told()
    {
        Says("cannot be read", () => WfdbRecord.Load("/no/such.hea", "/no/such.dat"));
        var ekg = new EkgRecord("x", "I", 100, new float[1000], []);
        Says("lasts 10 s", () => ekg.Part(12, 20));
    }

    private static void Says(string what, Action action) => Assert.Contains(what, Assert.Throws<ConvolutionException>(action).Message);
}
