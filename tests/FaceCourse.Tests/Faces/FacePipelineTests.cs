using FaceCourse.Faces;
using FaceCourse.Images;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

public sealed class FacePipelineTests : IClassFixture<FacePipelineTests.Networks>
{
    private readonly Networks _networks;

    public FacePipelineTests(Networks networks) => _networks = networks;

    [Fact]
    public void A_photo_without_faces_gives_none_and_no_encodings()
    {
        using var scope = NewDisposeScope();
        using var sky = new Photo(full([3, 300, 400], 0.6f), "sky");
        var faces = _networks.Detector.Detect(sky);

        Assert.Empty(faces);
        Assert.Equal([0, 128], _networks.Encoder.Encode(faces).shape);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2000)]
    [InlineData(3000, 2)]
    public void A_photo_of_any_shape_can_be_looked_at(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var photo = new Photo(rand(3, height, width, generator: new Generator(1)), "odd");

        Assert.Empty(_networks.Detector.Detect(photo));
    }

    [Fact]
    public void The_same_face_in_worse_light_smaller_and_compressed_is_closer_than_a_stranger()
    {
        using var scope = NewDisposeScope();
        using var photo = SamplePhotos.Load(1);
        var faces = _networks.Detector.Detect(photo);
        using var worse = photo.WithSize(0.5).WithLight(0.6).WithJpeg(30);
        var again = faces[0].In(_networks.Detector.Detect(worse));

        Assert.NotNull(again);
        var f = _networks.Encoder.Encode([faces[0], faces[1], again]);
        Assert.True(FaceDistance.L2(f[0], f[2]) < 0.4, $"the same: {FaceDistance.L2(f[0], f[2])}");
        Assert.True(FaceDistance.L2(f[0], f[1]) > 0.5, $"a stranger: {FaceDistance.L2(f[0], f[1])}");
    }

    [Fact]
    public void Every_face_is_found_again_in_changed_versions_of_its_photo_and_none_in_the_dark()
    {
        using var scope = NewDisposeScope();
        using var photo = SamplePhotos.Load(6);
        var faces = _networks.Detector.Detect(photo);

        var versions = FaceVersions.Find(_networks.Detector, faces, p => p, p => p.WithLight(0), p => p.WithSize(0.5).WithLight(0.6));

        Assert.Equal([.. Enumerable.Range(0, faces.Count), .. Enumerable.Range(0, faces.Count)], versions.Select(v => v.Of));
        Assert.All(versions.Take(faces.Count), v => Assert.Equal(faces[v.Of].Box, v.Face.Box));
        Assert.All(versions.Skip(faces.Count), v => Assert.InRange(v.Face.Box.X * 2, faces[v.Of].Box.X - 40, faces[v.Of].Box.X + 40));
    }

    [Fact]
    public void Landmarks_stand_where_a_face_has_them()
    {
        using var photo = SamplePhotos.Load(6);
        foreach (var face in _networks.Detector.Detect(photo))
        {
            double X(int from, int to) => face.Landmarks.Skip(from).Take(to - from).Average(p => p.X);
            double Y(int from, int to) => face.Landmarks.Skip(from).Take(to - from).Average(p => p.Y);
            Assert.True(X(36, 42) < X(42, 48), "the left eye is left of the right one");
            Assert.True(Y(36, 48) < Y(27, 36) && Y(27, 36) < Y(48, 68), "eyes above nose above mouth");
        }
    }

    [Fact]
    public void The_encoder_refuses_crops_of_another_size()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => _networks.Encoder.Encode(zeros(1, 3, 112, 112)));

        Assert.Contains("[N,3,150,150]", error.Message);
    }

    [Fact]
    public void A_hundred_encodings_leave_no_tensor_behind()
    {
        using var crops = rand(2, 3, 150, 150, generator: new Generator(1));
        _networks.Encoder.Encode(crops).Dispose();
        var before = Live();
        for (var i = 0; i < 100; i++) _networks.Encoder.Encode(crops).Dispose();

        Assert.Equal(before, Live());
        using var one = zeros(1);
        Assert.Equal(before + 1, Live());
    }

    // Of this thread alone: other tests run beside this one.
    private static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>Loaded once for the class, by the first test that asks.</summary>
    public sealed class Networks : IDisposable
    {
        private readonly Lazy<FaceDetector> _detector = new(() => FaceDetector.Load());
        private readonly Lazy<FaceEncoder> _encoder = new(() => FaceEncoder.Load());

        internal FaceDetector Detector => _detector.Value;

        internal FaceEncoder Encoder => _encoder.Value;

        public void Dispose()
        {
            if (_detector.IsValueCreated) Detector.Dispose();
            if (_encoder.IsValueCreated) Encoder.Dispose();
        }
    }
}
