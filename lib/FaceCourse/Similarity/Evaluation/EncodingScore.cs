using System.Globalization;
using static TorchSharp.torch;

namespace FaceCourse.Similarity;

/// <summary>How well encodings tell people apart: 1:1 and one-shot 1:K.</summary>
/// <param name="Name">What made the encodings.</param>
/// <param name="Roc">Every pair compared, at every τ.</param>
/// <param name="OneShot">The share of right answers when one picture of each person is known, 0…1.</param>
public sealed record EncodingScore(string Name, Roc Roc, double OneShot)
{
    /// <summary>Judges encodings.</summary>
    /// <param name="name">What made them.</param>
    /// <param name="encodings">[N,D].</param>
    /// <param name="people">Who is on each picture.</param>
    /// <param name="distance">d; ‖x − y‖ unless told otherwise.</param>
    /// <exception cref="ArgumentException">There is no pair of one person, or none of two.</exception>
    public static EncodingScore Of(string name, Tensor encodings, IReadOnlyList<int> people, Distance? distance = null) =>
        new(name, Verification.Of(encodings, people, distance), Similarity.OneShot.Accuracy(encodings, people, distance: distance));

    /// <summary>Judges raw pixels, eigenfaces and encoders on people that none of them has seen.</summary>
    /// <param name="train">What the eigenfaces are fitted on.</param>
    /// <param name="unseen">Other people.</param>
    /// <param name="encoders">Names and trained encoders.</param>
    /// <returns>"raw pixels", "pixels, brightness and contrast removed", "eigenfaces" (50 of them), then the encoders.</returns>
    public static IReadOnlyList<EncodingScore> Compare(FaceSet train, FaceSet unseen, params (string Name, nn.Module<Tensor, Tensor> Encoder)[] encoders)
    {
        using var scope = NewDisposeScope();
        using var eigenfaces = PrincipalComponents.Fit(train.Pictures, 50);
        (string Name, Tensor Encodings)[] all =
        [
            ("raw pixels", unseen.Pictures.flatten(1)),
            ("pixels, brightness and contrast removed", Encodings.OfPixels(unseen)),
            ("eigenfaces", eigenfaces.Project(unseen.Pictures)),
            .. encoders.Select(e => (e.Name, Encodings.Of(e.Encoder, unseen))),
        ];
        return [.. all.Select(e => Of(e.Name, e.Encodings, unseen.People))];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: AUC {Roc.Auc:0.000}, EER {Roc.EqualErrorRate:0.0%}, one-shot {OneShot:0.0%}");
}
