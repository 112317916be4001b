using FaceCourse.Faces;
using FaceCourse.Images;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

/// <summary>Our networks and the JavaScript library on the same pixels: the six sample photos, every face in them.</summary>
public sealed class FaceApiParityTests : IClassFixture<FaceApiParityTests.Both>
{
    private readonly Both _both;

    public FaceApiParityTests(Both both) => _both = both;

    [Fact]
    public void The_encoder_gives_the_same_128_numbers_for_the_same_crops()
    {
        Assert.True(_both.Ours.Count >= 20, $"only {_both.Ours.Count} faces were found in the six photos");
        for (var i = 0; i < _both.Ours.Count; i++)
            Assert.True(Difference(_both.Encoding(i), _both.Theirs.Descriptors[i]) <= 1e-3, $"{_both.Ours[i]}: {Difference(_both.Encoding(i), _both.Theirs.Descriptors[i])}");
    }

    [Fact]
    public void In_bfloat16_an_encodings_numbers_move_by_less_than_a_hundredth_and_distances_hardly()
    {
        using var scope = NewDisposeScope();
        using var encoder = FaceEncoder.Load(bfloat16: true);
        var half = encoder.Encode(_both.Ours);
        var d = _both.Ours.Select((_, i) => Difference(half[i].data<float>().ToArray(), _both.Theirs.Descriptors[i])).ToList();
        Assert.All(d, moved => Assert.True(moved < 1e-2, $"{moved}"));

        var full = FaceDistance.Matrix(stack([.. _both.Ours.Select((_, i) => tensor(_both.Theirs.Descriptors[i]))]));
        Assert.True((full - FaceDistance.Matrix(half)).abs().max().item<float>() < 0.02, "distances between people");
    }

    [Fact]
    public void The_detector_finds_the_same_boxes_within_a_pixel()
    {
        foreach (var (ours, theirs) in _both.Pairs())
        {
            Assert.Equal(theirs.Score, ours.Score, 1e-3);
            Assert.True(Math.Abs(ours.Box.X - theirs.Box[0]) < 1 && Math.Abs(ours.Box.Y - theirs.Box[1]) < 1, $"{ours}: {ours.Box}, theirs {string.Join(", ", theirs.Box)}");
            Assert.True(Math.Abs(ours.Box.Width - theirs.Box[2]) < 1 && Math.Abs(ours.Box.Height - theirs.Box[3]) < 1, $"{ours}: {ours.Box}, theirs {string.Join(", ", theirs.Box)}");
        }
    }

    [Fact]
    public void The_68_landmarks_agree_within_a_pixel()
    {
        foreach (var (ours, theirs) in _both.Pairs())
        {
            var worst = ours.Landmarks.Zip(theirs.Landmarks, (a, b) => Math.Max(Math.Abs(a.X - b[0]), Math.Abs(a.Y - b[1]))).Max();
            Assert.True(worst < 1, $"{ours}: {worst} px");
        }
    }

    [Fact]
    public void From_photo_to_encoding_the_whole_way_agrees()
    {
        var i = 0;
        foreach (var (ours, theirs) in _both.Pairs())
            Assert.True(Difference(_both.Encoding(i++), theirs.Descriptor) <= 1e-3, $"{ours}");
    }

    [Fact]
    public void The_tiny_detector_finds_the_same_boxes_within_a_pixel()
    {
        var (ours, theirs) = (_both.OursTiny, _both.Theirs.Tiny);
        Assert.True(ours.Sum(f => f.Count) >= 15, $"only {ours.Sum(f => f.Count)} faces were found in the six photos");
        for (var photo = 0; photo < ours.Count; photo++)
        {
            Assert.Equal(theirs[photo].Length, ours[photo].Count);
            foreach (var (a, b) in ours[photo].Zip(theirs[photo].OrderByDescending(f => f.Score)))
            {
                Assert.Equal(b.Score, a.Score, 1e-3);
                Assert.All([a.Box.X - b.Box[0], a.Box.Y - b.Box[1], a.Box.Width - b.Box[2], a.Box.Height - b.Box[3]], d => Assert.InRange(d, -1, 1));
            }
        }
    }

    [Fact]
    public void A_batch_of_photos_gives_what_each_photo_gives_alone()
    {
        using var detector = FaceDetector.LoadTiny();
        using var photo = SamplePhotos.Load(1);

        var alone = detector.Detect(photo);

        Assert.Equal(_both.OursTiny[0].Count, alone.Count);
        foreach (var (a, b) in alone.Zip(_both.OursTiny[0]))
        {
            Assert.Equal(a.Box.X, b.Box.X, 1e-2);
            Assert.Equal(a.Landmarks[30].Y, b.Landmarks[30].Y, 1e-2);
        }
    }

    private static double Difference(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs(x - (double)y)).Max();

    /// <summary>Both libraries' answers, computed once for all tests of the class, by the first that asks.</summary>
    public sealed class Both : IDisposable
    {
        private readonly Lazy<Answers> _answers = new(Compute);

        internal IReadOnlyList<Face> Ours => _answers.Value.Faces;

        internal IReadOnlyList<IReadOnlyList<Face>> OursTiny => _answers.Value.Tiny;

        internal FaceApi Theirs => _answers.Value.Theirs;

        public void Dispose()
        {
            if (!_answers.IsValueCreated) return;
            foreach (var photo in _answers.Value.Photos) photo.Dispose();
        }

        internal float[] Encoding(int index) => _answers.Value.Encodings[(128 * index)..(128 * (index + 1))];

        internal IEnumerable<(Face Ours, FaceApiFace Theirs)> Pairs()
        {
            var theirs = Theirs.Photos.SelectMany(p => p).ToList();
            Assert.Equal(theirs.Count, Ours.Count);
            return Ours.Zip(theirs);
        }

        private static Answers Compute()
        {
            using var scope = NewDisposeScope();
            var photos = SamplePhotos.Load();
            using var detector = FaceDetector.Load();
            using var encoder = FaceEncoder.Load();
            using var tiny = FaceDetector.LoadTiny();
            Face[] faces = [.. detector.Detect(photos).SelectMany(f => f)];
            var crops = FaceAligner.Align(faces);
            return new Answers(photos, faces, encoder.Encode(crops).data<float>().ToArray(), FaceApi.Run(photos, crops), tiny.Detect(photos));
        }

        private sealed record Answers(IReadOnlyList<Photo> Photos, IReadOnlyList<Face> Faces, float[] Encodings, FaceApi Theirs, IReadOnlyList<IReadOnlyList<Face>> Tiny);
    }
}
