namespace FaceCourse.Quiz;

/// <summary>One of the lecture's eleven sections, and the notebook that goes with it.</summary>
/// <param name="Number">1 to 11.</param>
/// <param name="Title">As on the lecture's slide.</param>
/// <param name="Notebook">The notebook's file name.</param>
public sealed record LectureSection(int Number, string Title, string Notebook)
{
    /// <summary>All eleven, in order.</summary>
    public static IReadOnlyList<LectureSection> All { get; } =
    [
        new(1, "What is face recognition?", "01-what-is-face-recognition.ipynb"),
        new(2, "One-shot learning", "02-one-shot-learning.ipynb"),
        new(3, "Siamese network", "03-siamese-network.ipynb"),
        new(4, "Triplet loss", "04-triplet-loss.ipynb"),
        new(5, "Face verification and binary classification", "05-face-verification.ipynb"),
        new(6, "What is neural style transfer?", "06-what-is-style-transfer.ipynb"),
        new(7, "What are deep ConvNets learning?", "07-what-convnets-learn.ipynb"),
        new(8, "Cost function", "08-cost-function.ipynb"),
        new(9, "Content cost function", "09-content-cost.ipynb"),
        new(10, "Style cost function", "10-style-cost.ipynb"),
        new(11, "1D and 3D generalisations", "11-1d-and-3d-convolutions.ipynb"),
    ];

    /// <summary>A section by its number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such section.</exception>
    public static LectureSection Get(int number) => number >= 1 && number <= All.Count ? All[number - 1]
        : throw new ArgumentOutOfRangeException(nameof(number), number, $"the lecture has the sections 1 to {All.Count}");

    /// <inheritdoc/>
    public override string ToString() => $"{Number} · {Title}";
}
