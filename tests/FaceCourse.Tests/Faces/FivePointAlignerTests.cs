using FaceCourse.Faces;
using FaceCourse.Images;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Faces;

public sealed class FivePointAlignerTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 1.5)]
    [InlineData(-75, 0.4)]
    public void The_similarity_between_turned_and_scaled_points_is_found(double degrees, double scale)
    {
        var (c, s) = (scale * Math.Cos(degrees * Math.PI / 180), scale * Math.Sin(degrees * Math.PI / 180));
        Point[] from = [new(1, 2), new(10, 3), new(5, 9), new(2, 12)];
        Point[] to = [.. from.Select(p => new Point((c * p.X) - (s * p.Y) + 40, (s * p.X) + (c * p.Y) - 7))];

        var (a, b, x, y) = FivePointAligner.Similarity(from, to);

        Assert.Equal([c, s, 40, -7], [a, b, x, y], (p, q) => Math.Abs(p - q) < 1e-9);
    }

    [Fact]
    public void A_face_on_a_turned_photo_gives_nearly_the_crop_of_the_upright_one()
    {
        using var _ = NewDisposeScope();
        using var photo = new Photo(Resample.Bilinear(rand([3, 12, 16], generator: new Generator(4, CPU)), 240, 320), "clouds");
        using var turned = photo.With(x => x.rot90(1, (1, 2)), "turned");
        var points = Enumerable.Range(0, 68).Select(i => new Point(130 + (i * 37 % 61), 90 + (i * 23 % 71))).ToArray();

        // A quarter turn to the left: what was x from the right edge is now y from the top.
        Point[] turnedPoints = [.. points.Select(p => new Point(p.Y, 319 - p.X))];
        var face = new Face(photo, 0, default, 1, points);

        var upright = FivePointAligner.Align([face, new Face(turned, 0, default, 1, turnedPoints)]);

        Assert.Equal([2, 3, 112, 112], upright.shape);
        Assert.True(upright[0].sub(upright[1]).abs().max().item<float>() < 1e-3);
    }
}
