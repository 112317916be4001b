namespace FaceCourse.Faces;

/// <summary>A person of the gallery and how far the probe is from the nearest of the person's encodings.</summary>
/// <param name="Person">The name.</param>
/// <param name="Distance">d = ‖f(probe) − f(enrolled)‖, the smallest over the person's encodings.</param>
public readonly record struct GalleryMatch(string Person, float Distance)
{
    /// <summary>d², which the lecture's triplet loss is written in.</summary>
    public float SquaredDistance => Distance * Distance;
}

/// <summary>The answer to "who is this?": a person, or "not recognised".</summary>
/// <param name="Person">Who it is, or null when nobody in the gallery is within τ.</param>
/// <param name="Nearest">The nearest person, recognised or not; null when the gallery is empty.</param>
/// <param name="RunnerUp">The nearest other person; null when fewer than two are enrolled.</param>
/// <param name="Threshold">The τ that decided.</param>
public sealed record Recognition(string? Person, GalleryMatch? Nearest, GalleryMatch? RunnerUp, double Threshold)
{
    /// <summary>Whether somebody in the gallery is within τ.</summary>
    public bool IsRecognised => Person is not null;

    /// <summary>How much further away the runner-up is: a small margin means that two people look alike to the encoder.</summary>
    public float? Margin => RunnerUp?.Distance - Nearest?.Distance;

    /// <inheritdoc/>
    public override string ToString() => Nearest is not { } nearest
        ? "not recognised: the gallery is empty"
        : (IsRecognised
            ? $"{nearest.Person} (d = {nearest.Distance:0.000} ≤ τ = {Threshold:0.000}"
            : $"not recognised (nearest: {nearest.Person}, d = {nearest.Distance:0.000} > τ = {Threshold:0.000}")
          + (RunnerUp is { } other ? $"; runner-up: {other.Person}, d = {other.Distance:0.000})" : ")");
}

/// <summary>One line of the gallery's list of people.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Encodings">How many encodings are enrolled.</param>
public sealed record EnrolledPerson(string Name, int Encodings);
