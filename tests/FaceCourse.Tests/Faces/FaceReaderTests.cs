#pragma warning disable xUnit1051 // These calls take less time than a cancelled test needs to end.
using FaceCourse.Assets;
using FaceCourse.Faces;
using FaceCourse.Images;
using FaceCourse.Tests.Assets;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

/// <summary>From files and photos as they come to encodings and names; what goes wrong says so.</summary>
public sealed class FaceReaderTests(FaceReaderTests.Networks networks) : IClassFixture<FaceReaderTests.Networks>
{
    private FaceReader Reader => networks.Reader;

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_photo_that_lies_on_its_side_is_read_upright(byte orientation)
    {
        using var upright = SamplePhotos.Load(1);
        using var stored = upright.With(x => orientation switch { 3 => x.rot90(2, (1, 2)), 6 => x.rot90(1, (1, 2)), _ => x.rot90(-1, (1, 2)) }, "stored");

        using var photo = new Photo(ImageFile.Decode(WithOrientation(ImageFile.ToJpeg(stored.Pixels, 95), orientation)), "from the camera");

        Assert.Equal((upright.Width, upright.Height), (photo.Width, photo.Height));
        var (expected, found) = (Reader.Read(upright), Reader.Read(photo));
        Assert.Equal(expected.Count, found.Count);
        foreach (var (a, b) in ByPlace(expected).Zip(ByPlace(found))) Assert.InRange(a.DistanceTo(b), 0, 0.2);
    }

    [Fact]
    public void A_grey_photo_and_one_with_transparency_show_the_same_people()
    {
        using var colour = SamplePhotos.Load(2);
        using var grey = new Photo(ImageFile.Decode(Encoded(colour.Pixels, SKColorType.Gray8)), "grey");
        using var transparent = new Photo(ImageFile.Decode(Encoded(colour.Pixels, SKColorType.Rgba8888, alpha: 220)), "transparent");

        var expected = ByPlace(Reader.Read(colour));
        foreach (var photo in new[] { grey, transparent })
        {
            var found = ByPlace(Reader.Read(photo));
            Assert.Equal(expected.Length, found.Length);
            foreach (var (a, b) in expected.Zip(found)) Assert.InRange(a.DistanceTo(b), 0, 0.45);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 700)]
    [InlineData(30_000, 3)]
    [InlineData(30_000, 900)]
    public void A_photo_without_a_face_gives_none_whatever_its_size(int width, int height)
    {
        using var scope = NewDisposeScope();
        using var photo = new Photo(full([3, height, width], 0.5f), "wall");

        Assert.Empty(Reader.Read(photo));
        Assert.Empty(networks.Tiny.Detect(photo));
    }

    [Fact]
    public void A_face_cut_by_the_border_is_read_and_stays_inside_its_batch()
    {
        using var whole = SamplePhotos.Load(1);
        var face = Reader.Detector.Detect(whole)[0];
        var edge = (long)(face.Box.X + (0.35 * face.Box.Width));
        using var cut = whole.With(x => x.slice(2, edge, x.shape[2], 1).contiguous(), "cut");

        var found = Reader.Read(cut, minScore: 0.1);

        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.All(f.Encoding, n => Assert.True(float.IsFinite(n))));
        var moved = face with { Photo = cut, Box = face.Box with { X = -0.9 * face.Box.Width }, Landmarks = [.. face.Landmarks.Select(p => p with { X = p.X - face.Box.X - (2 * face.Box.Width) })] };
        Assert.All(Reader.Encode([moved])[0].Encoding, n => Assert.True(float.IsFinite(n)));
    }

    [Fact]
    public void Two_hundred_faces_in_one_photo_are_found_and_encoded()
    {
        using var sample = SamplePhotos.Load(1);
        var box = Reader.Detector.Detect(sample)[0].Box;
        using var crowd = sample.With(
            x =>
            {
                var (left, top, side) = ((long)(box.X - (0.35 * box.Width)), (long)(box.Y - (0.35 * box.Height)), (long)(1.7 * Math.Max(box.Width, box.Height)));
                var one = Resample.Area(x.slice(1, Math.Max(0, top), top + side, 1).slice(2, Math.Max(0, left), left + side, 1), 96, 96);
                return one.repeat(1, 15, 15);
            },
            "crowd");
        using var sharp = FaceDetector.LoadTiny(inputSize: 1216);

        var faces = sharp.Detect(crowd, minScore: 0.3, maxFaces: 300);
        var encoded = Reader.Encode([.. faces]);

        Assert.InRange(faces.Count, 200, 300);
        Assert.Equal(faces.Count, encoded.Count);
        Assert.Equal(50, sharp.Detect(crowd, minScore: 0.3, maxFaces: 50).Count);
        Assert.True(encoded.Count(e => e.DistanceTo(encoded[0]) < 0.6) >= 200);
    }

    [Fact]
    public void Of_many_faces_the_largest_can_be_asked_for()
    {
        using var photo = SamplePhotos.Load(4);
        var all = Reader.Read(photo);

        var largest = Assert.Single(Reader.Read(photo, largestOnly: true));

        Assert.Equal(all.Max(f => f.Face.Box.Area), largest.Face.Box.Area);
    }

    [Fact]
    public void A_mask_moves_the_encoding_further_than_a_smaller_photo_and_a_dark_blurred_one_moves_it_too()
    {
        using var photo = SamplePhotos.Load(1);
        var faces = Reader.Detector.Detect(photo);
        var before = Reader.Encode(faces)[0];
        double Moved(Photo changed)
        {
            using var _ = changed;

            // The same box and landmarks: what moves is what the encoder sees, not what the detector does.
            return before.DistanceTo(Reader.Encode([faces[0] with { Photo = changed }])[0]);
        }

        var nothing = Moved(photo.With(x => x.clone(), "copy"));
        var (mask, glasses, bar) = (Moved(faces[0].WithMask()), Moved(faces[0].WithSunglasses()), Moved(faces[0].WithBar(0.2, 0.5)));
        var (jpeg, dark, blurred) = (Moved(photo.WithJpeg(60)), Moved(photo.WithLight(0.3)), Moved(photo.WithBlur(0.05 * faces[0].Box.Width)));

        Assert.Equal(0, nothing, 1e-5);
        Assert.True(jpeg < mask && jpeg < glasses && jpeg < bar && jpeg < blurred && jpeg < dark, $"JPEG {jpeg}, mask {mask}, glasses {glasses}, bar {bar}, blur {blurred}, dark {dark}");
        Assert.InRange(mask, 0.3, 1.2);
    }

    [Fact]
    public void A_folder_of_people_is_enrolled_and_recognised_and_a_bad_photo_is_named()
    {
        using var folder = new TemporaryFolder();
        using var photo = SamplePhotos.Load(1);
        var faces = Reader.Read(photo);
        for (var i = 0; i < 2; i++)
        {
            var box = faces[i].Face.Box;
            var (left, top) = (Math.Max(0, (long)(box.X - (0.4 * box.Width))), Math.Max(0, (long)(box.Y - (0.4 * box.Height))));
            using var crop = photo.With(x => x.slice(1, top, (long)(box.Bottom + (0.4 * box.Height)), 1).slice(2, left, (long)(box.Right + (0.4 * box.Width)), 1).contiguous(), "crop");
            folder.Write($"people/{(i == 0 ? "Nguyễn An" : "Bình")}/portrait.JPG", ImageFile.ToJpeg(crop.Pixels, 95));
        }

        folder.Write("people/Bình/broken.jpg", "no picture"u8.ToArray());
        folder.Write("people/Bình/notes.txt", "ignored"u8.ToArray());
        using var wall = new Photo(full([3, 80, 80], 0.5f), "wall");
        folder.Write("people/Nguyễn An/wall.png", ImageFile.ToPng(wall.Pixels));
        using var gallery = Gallery.InMemory();

        var results = PeopleFolder.Enrol(gallery, Reader, Path.Combine(folder.Path, "people"));

        Assert.Equal(4, results.Count);
        Assert.Equal(["Bình", "Nguyễn An"], gallery.People.Select(p => p.Name));
        Assert.Contains("broken.jpg", Assert.Single(results, r => r.File.EndsWith("broken.jpg", StringComparison.Ordinal)).Problem);
        Assert.Contains("no face", Assert.Single(results, r => r.File.EndsWith("wall.png", StringComparison.Ordinal)).Problem);
        Assert.Equal("Nguyễn An", gallery.Recognise(faces[0].Encoding).Person);
        Assert.Equal("Bình", gallery.Recognise(faces[1].Encoding).Person);
        Assert.Empty(PeopleFolder.Enrol(gallery, Reader, Path.Combine(folder.Path, "nobody")));
    }

    [Fact]
    public void A_students_own_photos_are_found_from_the_folder_of_a_notebook()
    {
        using var folder = new TemporaryFolder();
        var notebooks = Directory.CreateDirectory(Path.Combine(folder.Path, "course", "work", "notebooks")).FullName;
        Assert.DoesNotContain(folder.Path, PeopleFolder.Find(notebooks) ?? "", StringComparison.Ordinal);

        var people = Directory.CreateDirectory(Path.Combine(folder.Path, "course", "data", "people")).FullName;

        Assert.Equal(people, PeopleFolder.Find(notebooks));
    }

    [Fact]
    public void The_second_encoder_tells_the_same_people_apart()
    {
        Assert.SkipUnless(AssetStore.Default.TryGetLocal(FaceCourse.ConvNets.MobileFaceNet.Asset, out _), "the MobileFaceNet weights are not on this machine");
        using var encoder = FaceEncoder.LoadMobileFaceNet();
        using var photo = SamplePhotos.Load(1);
        using var darker = photo.WithLight(0.6);
        var faces = Reader.Detector.Detect(photo);
        Face[] again = [.. faces.Select(f => f with { Photo = darker })];

        using var a = encoder.Encode(faces);
        using var b = encoder.Encode(again);
        using var scope = NewDisposeScope();
        var distances = cdist(a, b);

        Assert.Equal(1f, a[0].norm().item<float>(), 1e-4f);
        Assert.Equal(Enumerable.Range(0, faces.Count).Select(i => (long)i), distances.argmin(1).data<long>().ToArray());
        Assert.True(distances.diagonal().max().item<float>() < encoder.UsualThreshold);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        using var photo = new Photo(zeros(3, 8, 8), "dark");

        Assert.Throws<ArgumentOutOfRangeException>(() => Reader.Detector.Detect(photo, minScore: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reader.Detector.Detect(photo, maxFaces: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reader.Detector.Detect(photo, maxOverlap: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaceDetector.LoadTiny(inputSize: 100));
        Assert.Empty(Reader.Read(Array.Empty<Photo>()));
    }

    private static EncodedFace[] ByPlace(IEnumerable<EncodedFace> faces) => [.. faces.OrderBy(f => f.Face.Box.X)];

    /// <summary>The JPEG with an EXIF block that holds nothing but how the camera was held.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, // one directory at 8
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0, // tag 0x0112, one short
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private static byte[] Encoded(Tensor pixels, SKColorType type, byte alpha = 255)
    {
        using var colour = ImageFile.ToBitmap(pixels);
        using var target = new SKBitmap(new SKImageInfo(colour.Width, colour.Height, type, type == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Premul));
        using (var canvas = new SKCanvas(target))
        {
            using var paint = new SKPaint { Color = SKColors.White.WithAlpha(alpha) };
            canvas.DrawBitmap(colour, 0, 0, paint);
        }

        using var data = target.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The networks, loaded once for the class.</summary>
    public sealed class Networks : IDisposable
    {
        private readonly Lazy<FaceReader> _reader = new(() => FaceReader.Load());
        private readonly Lazy<FaceDetector> _tiny = new(() => FaceDetector.LoadTiny());

        internal FaceReader Reader => Here(_reader);

        internal FaceDetector Tiny => Here(_tiny);

        public void Dispose()
        {
            if (_reader.IsValueCreated) _reader.Value.Dispose();
            if (_tiny.IsValueCreated) _tiny.Value.Dispose();
        }

        private static T Here<T>(Lazy<T> network)
        {
            try
            {
                return network.Value;
            }
            catch (AssetException e)
            {
                Assert.Skip($"The face networks' weights are not on this machine: {e.Message}");
                throw;
            }
        }
    }
}
