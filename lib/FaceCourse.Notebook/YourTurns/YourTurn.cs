using System.Runtime.CompilerServices;

namespace FaceCourse.Notebook;

/// <summary>
/// The course's "your turn" exercises. A cell holds the student's answer and hands it to one of these; what is right, the hint and the
/// solution stay in here, where nobody reads them by accident.
/// </summary>
/// <remarks>
/// Every answer is judged on the real library where that can be: the loss is computed, the convolution run. A wrong answer says what it
/// leads to; the second one brings a hint, the third the folded solution (<see cref="Exercise"/>).
/// </remarks>
/// <example><code>
/// var myAlpha = 0.50;   // ← your answer
/// YourTurn.LargestEasyMargin(myAlpha)
/// </code></example>
public static partial class YourTurn
{
    private static ExerciseCard Judge(bool right, string because, string hint, string solution, [CallerMemberName] string name = "") =>
        Exercise.Named(name, hint, solution).Check(right, because);

    private static bool Same(double answer, double truth, double tolerance = 1e-9) => Math.Abs(answer - truth) <= tolerance;

    private static string Unknown(string layer, IEnumerable<string> layers) => $"There is no layer {layer}; choose one of {string.Join(", ", layers)}.";
}
