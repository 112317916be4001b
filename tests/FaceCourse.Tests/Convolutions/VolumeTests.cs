using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FaceCourse.Assets;
using FaceCourse.Convolutions;
using FaceCourse.Tests.Assets;
using TorchSharp;
using Xunit;

namespace FaceCourse.Tests.Convolutions;

public sealed class VolumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static bool HasTooth => AssetStore.Default.TryGetLocal("volume/tooth.nhdr", out _) && AssetStore.Default.TryGetLocal("volume/tooth.raw", out _);

    public static bool HasHead => AssetStore.Default.TryGetLocal("volume/mni_t1_small.nii.gz", out _);

    public static bool HasNibabel { get; } = Python("import nibabel", "") is not null;

    public void Dispose() => _folder.Dispose();

    [Fact(SkipUnless = nameof(HasTooth), Skip = "the tooth is not on this machine; set FACECOURSE_MIRROR")]
    public void The_big_endian_tooth_is_read_the_right_way_round()
    {
        using var tooth = Volume.Tooth();

        Assert.Equal([161, 94, 103], tooth.Voxels.shape);
        Assert.Equal([1, 1, 1], tooth.Spacing);
        // In the wrong byte order neighbours differ by thousands; a tooth is smooth.
        using var scope = torch.NewDisposeScope();
        var step = (tooth.Voxels.diff(dim: 2)).abs().mean().item<float>();
        var range = (tooth.Voxels.max() - tooth.Voxels.min()).item<float>();
        Assert.True(step < range / 30, $"mean step {step}, range {range}");
        var raw = File.ReadAllBytes(AssetStore.Default.Get("volume/tooth.raw", Ct));
        var at = 2 * ((((80 * 94) + 40) * 103) + 50);
        Assert.Equal((raw[at] * 256) + raw[at + 1], tooth.Voxels[80, 40, 50].item<float>());
    }

    [Fact(SkipUnless = nameof(HasHead), Skip = "the head is not on this machine; set FACECOURSE_MIRROR")]
    public void The_head_agrees_with_nibabel_in_affine_voxel_sizes_and_every_voxel()
    {
        Assert.SkipUnless(HasNibabel, "python3-nibabel is not installed");
        var path = AssetStore.Default.Get("volume/mni_t1_small.nii.gz", Ct);
        const string program = """
            import json, sys, nibabel, numpy
            image = nibabel.load(sys.argv[1]); data = image.get_fdata()
            print(json.dumps(dict(shape=image.shape, affine=image.affine.tolist(), zooms=[float(z) for z in image.header.get_zooms()],
                sum=float(data.sum()), weighted=float((data.ravel('F') * numpy.arange(data.size)).sum()), first=float(data[10, 20, 5]))))
            """;
        var nibabel = JsonDocument.Parse(Python(program, path)!).RootElement;

        using var head = Volume.Head();
        using var scope = torch.NewDisposeScope();

        Assert.Equal(nibabel.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()), [head.Width, head.Height, head.Depth]);
        Assert.Equal(nibabel.GetProperty("zooms").EnumerateArray().Select(n => n.GetDouble()), head.Spacing);
        var affine = nibabel.GetProperty("affine").EnumerateArray().SelectMany(r => r.EnumerateArray().Select(n => n.GetDouble()));
        Assert.Equal(affine, head.Affine.Cast<double>());
        var voxels = head.Voxels.@double().flatten();
        Assert.Equal(nibabel.GetProperty("sum").GetDouble(), voxels.sum().item<double>(), 1.0);
        var weighted = nibabel.GetProperty("weighted").GetDouble();
        Assert.Equal(1.0, voxels.mul(torch.arange(voxels.numel(), torch.float64)).sum().item<double>() / weighted, 1e-7);
        Assert.Equal(nibabel.GetProperty("first").GetDouble(), head.Voxels[5, 20, 10].item<float>(), 1e-3);
    }

    [Fact]
    public void The_quaternion_form_of_the_affine_agrees_with_nibabel_for_files_of_both_byte_orders_and_all_types()
    {
        Assert.SkipUnless(HasNibabel, "python3-nibabel is not installed");
        const string write = """
            import json, sys, nibabel, numpy
            random = numpy.random.RandomState(3); out = []
            for i, type in enumerate(['u1', 'i2', 'i4', 'f4', 'f8', 'i1', 'u2', 'u4']):
                for order in '<>':
                    turn, _ = numpy.linalg.qr(random.randn(3, 3))
                    affine = numpy.eye(4); affine[:3, :3] = turn * random.uniform(.5, 3, 3); affine[:3, 3] = random.randn(3) * 50
                    data = random.randint(0, 100, (4, 5, 6)).astype(order + type)
                    image = nibabel.Nifti1Image(data, None, nibabel.Nifti1Header(endianness=order)); image.header.set_data_dtype(numpy.dtype(type).newbyteorder(order))
                    image.header.set_qform(affine, code=1); image.header.set_sform(None, code=0)
                    path = f'{sys.argv[1]}/{type}{"l" if order == "<" else "b"}.nii.gz'
                    nibabel.save(nibabel.Nifti1Image(data, None, image.header), path)
                    back = nibabel.load(path)
                    out.append(dict(path=path, affine=back.affine.tolist(), zooms=[float(z) for z in back.header.get_zooms()], data=back.get_fdata().ravel('F').tolist()))
            print(json.dumps(out))
            """;
        foreach (var file in JsonDocument.Parse(Python(write, _folder.Path)!).RootElement.EnumerateArray())
        {
            using var volume = Volume.Load(file.GetProperty("path").GetString()!);
            using var scope = torch.NewDisposeScope();

            Assert.Equal([6, 5, 4], volume.Voxels.shape);
            Assert.Equal(file.GetProperty("data").EnumerateArray().Select(n => (float)n.GetDouble()), volume.Voxels.flatten().data<float>().ToArray());
            foreach (var (expected, actual) in file.GetProperty("affine").EnumerateArray().SelectMany(r => r.EnumerateArray()).Zip(volume.Affine.Cast<double>())) Assert.Equal(expected.GetDouble(), actual, 1e-4);
            Assert.Equal(file.GetProperty("zooms").EnumerateArray().Select(n => n.GetDouble()), volume.Spacing);
        }
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("gzip")]
    public void A_NRRD_with_its_voxels_inside_is_read_with_its_directions(string encoding)
    {
        var path = Path.Combine(_folder.Path, "a.nrrd");
        var numbers = Enumerable.Range(0, 24).SelectMany(i => BitConverter.GetBytes((float)i)).ToArray();
        if (encoding == "gzip")
        {
            var zipped = new MemoryStream();
            using (var zip = new GZipStream(zipped, CompressionMode.Compress)) zip.Write(numbers);
            numbers = zipped.ToArray();
        }

        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"NRRD0004\n# by hand\ntype: float\ndimension: 3\nsizes: 2 3 4\nspace: left-posterior-superior\nspace directions: (0.5,0,0) (0,0,2) (0,-3,0)\nspace origin: (1,2,3)\nendian: little\nencoding: {encoding}\nkey:=value\n\n"), .. numbers]);

        using var volume = Volume.Load(path);
        using var scope = torch.NewDisposeScope();

        Assert.Equal([4, 3, 2], volume.Voxels.shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), volume.Voxels.flatten().data<float>().ToArray());
        Assert.Equal([0.5, 2, 3], volume.Spacing);
        Assert.Equal((1.5, 2 - 6, 3 + 2), volume.ToMillimetres(1, 1, 2));
    }

    [Theory]
    [InlineData("type: float\ndimension: 3\nsizes: 100 100 100\nendian: little\nencoding: raw", "cut short")]
    [InlineData("type: float\ndimension: 3\nsizes: 90000 90000 90000\nendian: little\nencoding: raw", "tiles")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 -1 1\nendian: little\nencoding: raw", "whole numbers from 1")]
    [InlineData("type: float\ndimension: 4\nsizes: 1 1 1 1\nendian: little\nencoding: raw", "has 4 dimensions")]
    [InlineData("type: block\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: raw", "\"block\"")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nencoding: raw", "lacks \"endian\"")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: middle\nencoding: raw", "byte order")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: bzip2", "\"bzip2\"")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: raw\ndata file: /etc/passwd", "not beside it")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: raw\ndata file: ../../x.raw", "not beside it")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: raw\ndata file: x%03d.raw 1 9 1", "several files")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: raw\nspace directions: none", "no numbers")]
    [InlineData("what is this", "no \"field: value\"")]
    [InlineData("type: float\ndimension: 3\nsizes: 1 1 1\nendian: little\nencoding: gzip", "gzip")]
    public void A_NRRD_that_lies_or_asks_for_what_is_not_read_is_refused(string header, string why)
    {
        var path = Path.Combine(_folder.Path, "bad.nrrd");
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"NRRD0004\n{header}\n\n"), 1, 2, 3, 4]);

        Assert.Contains(why, Assert.Throws<ConvolutionException>(() => Volume.Load(path)).Message);
    }

    [Fact]
    public void A_voxel_that_is_no_number_is_refused()
    {
        var path = Path.Combine(_folder.Path, "nan.nrrd");
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes("NRRD0004\ntype: float\ndimension: 3\nsizes: 2 1 1\nendian: little\nencoding: raw\n\n"), .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.NaN)]);

        Assert.Contains("voxel 1", Assert.Throws<ConvolutionException>(() => Volume.Load(path)).Message);
    }

    [Fact(SkipUnless = nameof(HasHead), Skip = "the head is not on this machine; set FACECOURSE_MIRROR")]
    public void A_NIfTI_that_is_cut_or_altered_anywhere_in_its_header_fails_clearly_or_not_at_all()
    {
        var gz = File.ReadAllBytes(AssetStore.Default.Get("volume/mni_t1_small.nii.gz", Ct));
        using var zip = new GZipStream(new MemoryStream(gz), CompressionMode.Decompress);
        var plain = new MemoryStream();
        zip.CopyTo(plain);
        var good = plain.ToArray();
        var path = Path.Combine(_folder.Path, "bad.nii");

        void Says(string why, byte[] bytes)
        {
            File.WriteAllBytes(path, bytes);
            Assert.Contains(why, Assert.Throws<ConvolutionException>(() => Volume.Load(path)).Message);
        }

        Says("cut short", good[..^1]);
        Says("at least 348", good[..100]);
        Says("cut short", gz[..(gz.Length / 2)]);
        Says("neither NRRD nor", []);
        foreach (var (at, value, why) in new (int, short, string)[] { (40, 9, "dimensions"), (42, -1, "sizes are at least 1"), (70, 128, "type 128"), (42, short.MaxValue, "header lies") })
        {
            var bad = (byte[])good.Clone();
            BitConverter.TryWriteBytes(bad.AsSpan(at), value);
            Says(why, bad);
        }

        var random = new Random(6);
        var small = good[..2000];
        for (var i = 0; i < 300; i++)
        {
            var bad = (byte[])small.Clone();
            for (var k = 0; k < 3; k++) bad[random.Next(348)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bad);
            Assert.Throws<ConvolutionException>(() => Volume.Load(path).Dispose());
        }
    }

    // Debian's own Python is the one that its nibabel package belongs to.
    private static string? Python(string program, string argument)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", ["-c", program, argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
