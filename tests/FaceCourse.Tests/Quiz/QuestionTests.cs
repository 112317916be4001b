using System.Text.RegularExpressions;
using FaceCourse.Convolutions;
using FaceCourse.Quiz;
using FaceCourse.Similarity;
using Xunit;
using static TorchSharp.torch;

namespace FaceCourse.Tests.Quiz;

public sealed class QuestionTests
{
    public static TheoryData<int, string> RightAnswers => new()
    {
        { 1, "yes" }, { 2, "It generalises" }, { 3, "no" }, { 4, "d" }, { 5, "yes" }, { 6, "yes" }, { 7, "no" }, { 8, "How the activations of the channels" },
        { 9, "The pixels of the generated" }, { 10, "30×30×30×32" }, { 11, "31×31×31×16" }, { 12, "Those of J with respect to the pixels of G" },
        { 13, "The content cost and the style cost." }, { 14, "When d(A, P) is large and d(A, N) is small." }, { 15, "A similarity function" },
        { 16, "yes" }, { 17, "no" }, { 18, "yes" }, { 19, "yes" }, { 20, "yes" },
    };

    [Theory]
    [MemberData(nameof(RightAnswers))]
    public void The_lectures_answer_is_graded_right(int number, string answer)
    {
        var grade = LectureQuestions.Get(number).Grade(answer);

        Assert.True(grade.Right, grade.ToString());
        Assert.StartsWith("Right.", grade.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_twenty_numbered_questions_and_every_section_but_none_beyond_eleven_is_asked_about()
    {
        Assert.Equal(Enumerable.Range(1, 20), LectureQuestions.All.Select(q => q.Number));
        Assert.Equal(LectureQuestions.All.Select(q => $"{q.Number}"), LectureQuestions.All.Select(q => q.Id));
        Assert.All(LectureQuestions.All, q => Assert.InRange(q.Section.Number, 1, 11));
        Assert.True(LectureQuestions.All.Select(q => q.Section).Distinct().Count() >= 8);
    }

    [Fact]
    public void Every_choice_has_its_own_reason_and_the_right_ones_do_not_stand_in_one_place()
    {
        Assert.All(LectureQuestions.All, q =>
        {
            Assert.True(q.Choices.Count >= 3, q.Text);
            Assert.All(q.Choices, c => Assert.True(c.Why.Length > 15, c.Text));
        });
        var places = LectureQuestions.All.GroupBy(q => q.RightChoice).ToDictionary(g => g.Key, g => g.Count());
        Assert.True(places.Count >= 4 && places.Values.Max() <= 8, string.Join(", ", places));
    }

    [Fact]
    public void A_wrong_answer_says_what_is_wrong_with_just_it_and_what_to_reread()
    {
        var one = LectureQuestions.Get(11).Grade("32×32×32×16").ToString();
        var other = LectureQuestions.Get(11).Grade("30×30×30×16").ToString();

        Assert.Contains("padding 1", one, StringComparison.Ordinal);
        Assert.Contains("the number of moves", other, StringComparison.Ordinal);
        Assert.Contains("Reread section 11", one, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perhaps")]
    [InlineData("")]
    [InlineData("Yes")]
    [InlineData("E")]
    public void An_answer_that_means_no_choice_or_two_lists_the_choices(string answer)
        => Assert.Contains("Answer with a letter: A: ", Assert.Throws<ArgumentException>(() => LectureQuestions.Get(3).Grade(answer)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_question_without_exactly_one_right_choice_is_refused()
    {
        var section = LectureSection.Get(1);
        Assert.Throws<ArgumentException>(() => new Question("x", 1, section, "?", "!", [new("a", "w"), new("b", "w")]));
        Assert.Throws<ArgumentException>(() => new Question("x", 1, section, "?", "!", [new("a", "w", true), new("b", "w", true)]));
        Assert.Throws<ArgumentException>(() => new Question("x", 1, section, "?", "!", [new("a", "w", true), new("A", "w")]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LectureQuestions.Get(21));
        Assert.Throws<ArgumentOutOfRangeException>(() => LectureSection.Get(0));
    }

    [Fact]
    public void A_seed_always_gives_the_same_ten_and_another_seed_others()
    {
        Assert.Equal(PracticeQuestions.Ten(7).Select(q => q.ToString()), PracticeQuestions.Ten(7).Select(q => q.ToString()));
        Assert.Empty(PracticeQuestions.Ten(7).Select(q => q.ToString()).Intersect(PracticeQuestions.Ten(8).Select(q => q.ToString())));
        Assert.Equal(Enumerable.Range(21, 10), PracticeQuestions.Ten(7).Select(q => q.Number));
    }

    [Fact]
    public void A_thousand_practice_questions_are_whole_and_hardly_repeat()
    {
        var questions = PracticeQuestions.Endless(1).Take(1000).ToList();

        Assert.All(questions, q => Assert.Equal(4, q.Choices.Count));
        Assert.True(questions.Select(q => q.Text + string.Concat(q.Choices.Select(c => c.Text).Order())).Distinct().Count() > 950);
        Assert.Equal(4, questions.Select(q => q.RightChoice).Distinct().Count());
    }

    [Fact]
    public void The_right_shapes_of_practice_questions_are_those_that_the_convolution_gives()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var question in PracticeQuestions.Endless(3).Where(q => q.Section.Number == 11).Take(30))
        {
            // Read back from the words of the question, as a student would.
            var words = question.Text.Split(" (the last number counts channels) meets ");
            var input = FeatureShape.Parse(words[0]["An input of ".Length..]);
            var step = ConvolutionChain.Parse($"{input} * {words[1][..words[1].IndexOf(". What", StringComparison.Ordinal)]}").Steps[0];
            using var convolution = step.ToModule();
            var answer = convolution.call(zeros([1, input.Channels, .. input.Sides]));

            Assert.Equal(string.Join('×', answer.shape[2..].Append(answer.shape[1])), question.Choices[question.RightChoice].Text);
        }
    }

    [Fact]
    public void The_right_losses_of_practice_questions_are_those_of_the_triplet_loss()
    {
        using var scope = NewDisposeScope();
        foreach (var question in PracticeQuestions.Endless(4).Where(q => q.Text.StartsWith("‖f(A)", StringComparison.Ordinal)).Take(40))
        {
            var numbers = Regex.Matches(question.Text, @"= (\d+(\.\d+)?)").Select(m => Number(m.Groups[1].Value)).ToArray();
            var loss = new TripletLoss(numbers[2]).Each(tensor(numbers[0]), tensor(numbers[1])).item<double>();

            Assert.Equal(loss, Number(question.Choices[question.RightChoice].Text), 6);
        }
    }

    [Fact]
    public void The_largest_loss_of_a_practice_question_is_the_largest()
    {
        foreach (var question in PracticeQuestions.Endless(5).Where(q => q.Text.StartsWith("d is the squared", StringComparison.Ordinal)).Take(40))
        {
            var losses = question.Choices.Select(c => c.Text.Split(", d(A, N) = ")).Select(d => Number(d[0]["d(A, P) = ".Length..]) - Number(d[1])).ToList();

            Assert.Equal(losses.IndexOf(losses.Max()), question.RightChoice);
        }
    }

    private static double Number(string text) => double.Parse(text.Replace('−', '-'), System.Globalization.CultureInfo.InvariantCulture);
}
