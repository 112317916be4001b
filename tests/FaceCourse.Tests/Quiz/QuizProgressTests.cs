using FaceCourse.Quiz;
using Xunit;

namespace FaceCourse.Tests.Quiz;

public sealed class QuizProgressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quiz-").FullName;

    private string File => Path.Combine(_folder, "deep", "quiz.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_answer_is_there_again_in_the_next_session_with_its_tries_counted()
    {
        QuizProgress.Load(File).Keep(LectureQuestions.Get(3).Grade("yes: "));
        QuizProgress.Load(File).Keep(LectureQuestions.Get(3).Grade("no"));
        var again = QuizProgress.Load(File);

        Assert.Equal(new StoredAnswer(2, Right: true, Tries: 2, RightAtFirst: false), again.Answers["3"]);
        Assert.Equal(new QuizScore(Right: 1, RightAtFirst: 0, Answered: 1, Of: 20), again.Score());
        Assert.Equal("1 of 20 right (0 at the first try), 19 not answered yet", again.Score().ToString());
    }

    [Fact]
    public void Two_sessions_that_are_open_at_once_keep_each_others_answers()
    {
        var (first, second) = (QuizProgress.Load(File), QuizProgress.Load(File));
        Parallel.Invoke(
            () => { foreach (var q in LectureQuestions.All.Take(10)) first.Keep(q.Grade(q.RightChoice)); },
            () => { foreach (var q in LectureQuestions.All.Skip(10)) second.Keep(q.Grade(q.RightChoice)); });

        Assert.Equal(20, QuizProgress.Load(File).Score().RightAtFirst);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.part"));
    }

    [Fact]
    public void Sections_with_wrong_answers_are_to_be_reread_until_they_are_right()
    {
        var progress = QuizProgress.Load(File);
        progress.Keep(LectureQuestions.Get(10).Grade("a"));
        progress.Keep(LectureQuestions.Get(1).Grade("b"));
        Assert.Equal([1, 11], progress.ToReread().Select(s => s.Number));

        progress.Keep(LectureQuestions.Get(1).Grade("yes"));
        Assert.Equal([11], progress.ToReread().Select(s => s.Number));
    }

    [Theory]
    [InlineData("{ not JSON")]
    [InlineData("[]")]
    [InlineData("{\"version\":9,\"answers\":{}}")]
    [InlineData("{\"version\":1,\"answers\":{\"3\":null}}")]
    public void A_file_that_cannot_be_read_is_set_aside_with_a_sentence(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, content);
        var progress = QuizProgress.Load(File);

        Assert.Contains("moved to", progress.Notice);
        Assert.Equal(content, System.IO.File.ReadAllText(File + ".unreadable"));
        progress.Keep(LectureQuestions.Get(1).Grade("yes"));
        Assert.Equal(1, QuizProgress.Load(File).Score().Right);
        Assert.Null(QuizProgress.Load(File).Notice);
    }

    [Fact]
    public void The_file_stays_small_however_long_somebody_practises()
    {
        var progress = QuizProgress.Load(File);
        progress.Keep(LectureQuestions.Get(1).Grade("yes"));
        var questions = PracticeQuestions.Endless(2).Take(QuizProgress.MostPracticeAnswers + 20).ToList();
        foreach (var q in questions) progress.Keep(q.Grade(q.RightChoice));
        var again = QuizProgress.Load(File);

        Assert.Equal(QuizProgress.MostPracticeAnswers + 1, again.Answers.Count);
        Assert.Contains("1", again.Answers.Keys);
        Assert.Contains(questions[^1].Id, again.Answers.Keys);
        Assert.DoesNotContain(questions[0].Id, again.Answers.Keys);
        Assert.True(new FileInfo(File).Length < 100_000);
    }

    [Fact]
    public void Everything_can_be_forgotten()
    {
        var progress = QuizProgress.Load(File);
        progress.Keep(LectureQuestions.Get(1).Grade("yes"));
        progress.Clear();

        Assert.Equal(0, QuizProgress.Load(File).Score().Answered);
    }
}
