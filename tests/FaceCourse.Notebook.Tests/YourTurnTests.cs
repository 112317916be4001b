using System.Reflection;
using FaceCourse.ConvNets;
using FaceCourse.Convolutions;
using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Notebook.Tests;

/// <summary>Every exercise of the course: the right answer is right, near misses are not and are told why.</summary>
public sealed class YourTurnTests
{
    private static readonly string[] Layers = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"];
    private static readonly double[] Distances = [.. Enumerable.Range(1, 100).Select(i => i / 100.0)];

    private static readonly Lazy<ConvNet> Net = new(() => CourseNet.Load());

    private static Dictionary<string, string> Tasks(params string[] answers) => answers.Index().ToDictionary(a => $"use {a.Index}", a => a.Item);

    private static readonly (string Name, Func<ExerciseCard> Right, Func<ExerciseCard> Wrong, string Why)[] Exercises =
    [
        (nameof(YourTurn.WhichTask), () => YourTurn.WhichTask(Tasks("verification", "Recognition ", "verification", "recognition")), () => YourTurn.WhichTask(Tasks("verification", "recognition", "recognition", "recognition")), "use 2"),
        (nameof(YourTurn.FarPerComparison), () => YourTurn.FarPerComparison(0.0001), () => YourTurn.FarPerComparison(0.00001), "twice as much"),
        (nameof(YourTurn.Comparisons), () => YourTurn.Comparisons(1000, 500_000), () => YourTurn.Comparisons(1000, 1000), "nobody claims a name"),
        (nameof(YourTurn.NewWeights), () => YourTurn.NewWeights(128, 0), () => YourTurn.NewWeights(128, 128), "person 6"),
        (nameof(YourTurn.DoorThreshold), () => YourTurn.DoorThreshold(0.60, new Roc([0.1, 0.2], [.. Distances.Select(d => 0.6 + d)])), () => YourTurn.DoorThreshold(0.9, new Roc([0.1, 0.2], [.. Distances.Select(d => 0.6 + d)])), "Too many strangers"),
        (nameof(YourTurn.AtTheDoor), () => YourTurn.AtTheDoor(2, [0.9f, 0.4f, 0.8f], 0.5), () => YourTurn.AtTheDoor(0, [0.9f, 0.4f, 0.8f], 0.5), "Is no distance at most τ?"),
        (nameof(YourTurn.AtTheDoor), () => YourTurn.AtTheDoor(0, [0.9f, 0.6f, 0.8f], 0.5), () => YourTurn.AtTheDoor(2, [0.9f, 0.6f, 0.8f], 0.5), "is it within τ?"),
        (nameof(YourTurn.AtTheDoor), () => YourTurn.AtTheDoor(1, [0.1f, 0.6f, 0.8f], 0.5), () => YourTurn.AtTheDoor(-1, [0.1f, 0.6f, 0.8f], 0.5), "from 1 to 3"),
        (nameof(YourTurn.SquaredDistance), () => YourTurn.SquaredDistance(5), () => YourTurn.SquaredDistance(2.236), "the root"),
        (nameof(YourTurn.ThreeBranches), () => YourTurn.ThreeBranches(12, nn.Linear(3, 3)), () => YourTurn.ThreeBranches(36, nn.Linear(3, 3)), "3 networks"),
        (nameof(YourTurn.SharedStep), () => YourTurn.SharedStep(-0.1), () => YourTurn.SharedStep(0.05), "the lower branch alone"),
        (nameof(YourTurn.LossOfATriplet), () => YourTurn.LossOfATriplet(0.3), () => YourTurn.LossOfATriplet(0.1), "the margin"),
        (nameof(YourTurn.LargestEasyMargin), () => YourTurn.LargestEasyMargin(0.15), () => YourTurn.LargestEasyMargin(0.1), "somewhat larger"),
        (nameof(YourTurn.CountTriplets), () => YourTurn.CountTriplets(216), () => YourTurn.CountTriplets(108), "each may be the anchor"),
        (nameof(YourTurn.BankThreshold), () => YourTurn.BankThreshold(0.05, Distances), () => YourTurn.BankThreshold(0.06, Distances), "Too many"),
        (nameof(YourTurn.PhoneThreshold), () => YourTurn.PhoneThreshold(0.95, Distances), () => YourTurn.PhoneThreshold(0.97, Distances), "a smaller τ"),
        (nameof(YourTurn.GalleryBytes), () => YourTurn.GalleryBytes(256_000, zeros(2, 128)), () => YourTurn.GalleryBytes(64_000, zeros(2, 128)), "four bytes"),
        (nameof(YourTurn.PaintedNumbers), () => YourTurn.PaintedNumbers(90_000, Net.Value, rand(3, 96, 128), rand(3, 64, 64)), () => YourTurn.PaintedNumbers(30_000, Net.Value, rand(3, 96, 128), rand(3, 64, 64)), "one number"),
        (nameof(YourTurn.Labels), () => YourTurn.Labels(0), () => YourTurn.Labels(2), "C and S are inputs"),
        (nameof(YourTurn.StepsToATenth), () => YourTurn.StepsToATenth(3, [0.5, 0.2, 0.09, 0.05]), () => YourTurn.StepsToATenth(9, [0.5, 0.2, 0.09, 0.05]), "Between 1 and 4"),
        (nameof(YourTurn.ReceptiveField), () => YourTurn.ReceptiveField(5), () => YourTurn.ReceptiveField(6), "overlap"),
        (nameof(YourTurn.WholeFace), () => YourTurn.WholeFace("conv4_1", Net.Value, Layers), () => YourTurn.WholeFace("conv5_1", Net.Value, Layers), "a shallower one"),
        (nameof(YourTurn.StripeAngle), () => YourTurn.StripeAngle(45, new Dictionary<double, float> { [0] = 1, [45] = 3, [90] = 1 }), () => YourTurn.StripeAngle(44, new Dictionary<double, float> { [0] = 1, [45] = 3, [90] = 1 }), "one of 0, 45, 90"),
        (nameof(YourTurn.TotalCost), () => YourTurn.TotalCost(34), () => YourTurn.TotalCost(1), "weigh"),
        (nameof(YourTurn.LearningRate), () => YourTurn.LearningRate(1, [.. Enumerable.Range(0, 13).Select(i => 1 - (0.06 * i))]), () => YourTurn.LearningRate(9, [.. Enumerable.Range(0, 13).Select(i => 1.0 + i)]), "uphill"),
        (nameof(YourTurn.MinimumWithoutStyle), () => YourTurn.MinimumWithoutStyle(0, Net.Value, rand(3, 64, 64), rand(3, 64, 64)), () => YourTurn.MinimumWithoutStyle(1, Net.Value, rand(3, 64, 64), rand(3, 64, 64)), "costs less"),
        (nameof(YourTurn.ContentCost), () => YourTurn.ContentCost(6.5), () => YourTurn.ContentCost(13), "formula once more"),
        (nameof(YourTurn.SameWeight), () => YourTurn.SameWeight(0.1, 100), () => YourTurn.SameWeight(10, 100), "100 times as much"),
        (nameof(YourTurn.MindsAShift), () => YourTurn.MindsAShift("b", [("a", 0.9), ("b", 0.6), ("c", 0.1)]), () => YourTurn.MindsAShift("a", [("a", 0.9), ("b", 0.6), ("c", 0.1)]), "A deeper one"),
        (nameof(YourTurn.MatrixSize), () => YourTurn.MatrixSize(96 * 96, Net.Value), () => YourTurn.MatrixSize(4 * 96 * 96, Net.Value), "summed over"),
        (nameof(YourTurn.StyleMatrixEntry), () => YourTurn.StyleMatrixEntry(5), () => YourTurn.StyleMatrixEntry(8), "place by place"),
        (nameof(YourTurn.StrokeLength), () => YourTurn.StrokeLength("conv4_1", Net.Value, Layers), () => YourTurn.StrokeLength("conv9_9", Net.Value, Layers), "no layer conv9_9; choose one of conv1_1"),
        (nameof(YourTurn.OutputShape), () => YourTurn.OutputShape("30x30x30x32"), () => YourTurn.OutputShape("thirty"), "thirty"),
        (nameof(YourTurn.Parameters), () => YourTurn.Parameters(13_856), () => YourTurn.Parameters(864), "all 16 channels"),
        (nameof(YourTurn.FilterMilliseconds), () => YourTurn.FilterMilliseconds(41.7, new BeatNet(seed: 1)), () => YourTurn.FilterMilliseconds(15, new BeatNet(seed: 1)), "longer"),
        (nameof(YourTurn.SamePadding), () => YourTurn.SamePadding(2), () => YourTurn.SamePadding(-1), "padding"),
        (nameof(YourTurn.HalvingPadding), () => YourTurn.HalvingPadding(2), () => YourTurn.HalvingPadding(0), "smaller"),
        (nameof(YourTurn.FarthestFreePositive), () => YourTurn.FarthestFreePositive(0.3), () => YourTurn.FarthestFreePositive(0.5), "the loss is 0.20"),
        (nameof(YourTurn.FindTheFilters), () => YourTurn.FindTheFilters(16, 5), () => YourTurn.FindTheFilters(16, 99), "99"),
    ];

    public static TheoryData<int, string> Rows() => [.. Exercises.Select((e, i) => (i, e.Name))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_right_answer_is_right_and_a_near_miss_is_told_why(int row, string name)
    {
        using var scope = NewDisposeScope();
        var (_, right, wrong, why) = Exercises[row];
        var (good, bad) = (right(), wrong());

        Assert.True(good.Right, $"{name}: {good.AlternativeText}");
        Assert.False(bad.Right, $"{name}: {bad.AlternativeText}");
        Assert.Contains(why, bad.AlternativeText);
    }

    [Fact]
    public void No_exercise_is_left_out() => Assert.Equal(
        typeof(YourTurn).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(m => m.Name).Order(StringComparer.Ordinal),
        Exercises.Select(e => e.Name).Distinct().Order(StringComparer.Ordinal));
}
