using FaceCourse.Images;
using FaceCourse.Style;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Images;

public sealed class PhotoPiecesTests
{
    [Fact]
    public void Pieces_have_one_size_and_a_seed_gives_the_same_ones()
    {
        using var _ = NewDisposeScope();
        using var wide = new Photo(GeneratedStyles.Strokes(200).narrow(1, 0, 120).clone(), "wide");
        using var tiny = new Photo(GeneratedStyles.Mosaic(20), "tiny");

        var one = PhotoPieces.Of([wide, tiny], 12, side: 48, seed: 3).ToList();
        var two = PhotoPieces.Of([wide, tiny], 12, side: 48, seed: 3).ToList();
        var other = PhotoPieces.Of([wide, tiny], 12, side: 48, seed: 4).ToList();

        Assert.All(one, p => Assert.Equal([3, 48, 48], p.shape));
        Assert.All(one.Zip(two), p => Assert.True(p.First.equal(p.Second).all().item<bool>()));
        Assert.False(one[0].allclose(other[0]));
        Assert.All(one, p => Assert.InRange(p.max().item<float>(), 0, 1.0001f));
    }

    [Fact]
    public void No_photo_or_one_that_is_too_small_is_refused_in_words()
    {
        using var _ = NewDisposeScope();
        using var dot = new Photo(zeros(3, 4, 4), "dot");

        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => PhotoPieces.Of([], 3)).Message);
        Assert.Contains("dot", Assert.Throws<ArgumentException>(() => PhotoPieces.Of([dot], 3)).Message);
    }
}
