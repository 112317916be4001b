using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceCourse.Assets;

namespace FaceCourse.Quiz;

/// <summary>What somebody last answered to a question.</summary>
/// <param name="Choice">The position of the choice.</param>
/// <param name="Right">Whether it was right.</param>
/// <param name="Tries">How often the question has been answered.</param>
/// <param name="RightAtFirst">Whether the first answer was right.</param>
public sealed record StoredAnswer(int Choice, bool Right, int Tries, bool RightAtFirst);

/// <summary>How many of some questions are answered.</summary>
/// <param name="Right">Answered rightly, at whichever try.</param>
/// <param name="RightAtFirst">Answered rightly at the first.</param>
/// <param name="Answered">Answered at all.</param>
/// <param name="Of">How many there are.</param>
public sealed record QuizScore(int Right, int RightAtFirst, int Answered, int Of)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Right} of {Of} right ({RightAtFirst} at the first try), {Of - Answered} not answered yet";
}

/// <summary>Answers and score, kept between sessions in one small JSON file.</summary>
/// <remarks>
/// Each answer is written at once, atomically: a reader sees the old file or the new one. Several sessions may share the
/// file; each reads it again, under a lock, before it adds its own answer. A file that cannot be read is set aside, not overwritten.
/// </remarks>
public sealed class QuizProgress
{
    /// <summary>The oldest practice answers are forgotten beyond this many, so that the file stays small.</summary>
    public const int MostPracticeAnswers = 500;

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    private Dictionary<string, StoredAnswer> _answers;

    private QuizProgress(string path, Dictionary<string, StoredAnswer> answers, string? notice) => (Path, _answers, Notice) = (path, answers, notice);

    /// <summary>Where progress is kept unless told otherwise: <c>progress/quiz.json</c> in the cache folder.</summary>
    public static string DefaultPath => System.IO.Path.Combine(CacheFolder.Root, "progress", "quiz.json");

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>A sentence when the file could not be read and was set aside; null when all is well.</summary>
    public string? Notice { get; private set; }

    /// <summary>The last answer to each question, by the question's id.</summary>
    public IReadOnlyDictionary<string, StoredAnswer> Answers => _answers;

    /// <summary>Reads the progress, or starts anew when there is none.</summary>
    /// <param name="path">The file; <see cref="DefaultPath"/> when null.</param>
    public static QuizProgress Load(string? path = null)
    {
        var full = System.IO.Path.GetFullPath(path ?? DefaultPath);
        var (answers, notice) = Read(full);
        return new QuizProgress(full, answers, notice);
    }

    /// <summary>Keeps an answer; it is on the disk when this returns.</summary>
    /// <param name="grade">The answer.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public StoredAnswer Keep(Grade grade)
    {
        ArgumentNullException.ThrowIfNull(grade);
        StoredAnswer? kept = null;
        Change(answers =>
        {
            var id = grade.Question.Id;
            var before = answers.GetValueOrDefault(id);
            kept = new StoredAnswer(grade.Chosen, grade.Right, (before?.Tries ?? 0) + 1, before?.RightAtFirst ?? grade.Right);
            // Taken out first, so that the newest stands last.
            answers.Remove(id);
            answers[id] = kept;
            foreach (var old in answers.Keys.Where(IsPractice).SkipLast(MostPracticeAnswers).ToList()) answers.Remove(old);
        });
        return kept!;
    }

    /// <summary>Forgets every answer.</summary>
    public void Clear() => Change(answers => answers.Clear());

    /// <summary>The score on some questions; on the lecture's twenty when null.</summary>
    public QuizScore Score(IReadOnlyList<Question>? questions = null)
    {
        var asked = questions ?? LectureQuestions.All;
        var given = asked.Select(q => _answers.GetValueOrDefault(q.Id)).OfType<StoredAnswer>().ToList();
        return new QuizScore(given.Count(a => a.Right), given.Count(a => a.RightAtFirst), given.Count, asked.Count);
    }

    /// <summary>The sections whose questions were last answered wrongly: what to reread.</summary>
    public IReadOnlyList<LectureSection> ToReread() =>
        [.. LectureQuestions.All.Where(q => _answers.TryGetValue(q.Id, out var a) && !a.Right).Select(q => q.Section).Distinct().OrderBy(s => s.Number)];

    private static bool IsPractice(string id) => id.StartsWith("practice-", StringComparison.Ordinal);

    private void Change(Action<Dictionary<string, StoredAnswer>> change)
    {
        using var held = Task.Run(() => FileLock.TakeAsync(Path + ".lock", CancellationToken.None)).GetAwaiter().GetResult();
        var (answers, notice) = Read(Path);
        Notice = notice ?? Notice;
        change(answers);
        var part = $"{Path}.{Environment.ProcessId}.part";
        using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, new Stored(1, answers), Layout);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, Path, overwrite: true);
        _answers = answers;
    }

    private static (Dictionary<string, StoredAnswer> Answers, string? Notice) Read(string path)
    {
        if (!File.Exists(path)) return ([], null);
        string reason;
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(path), Layout);
            if (stored is { Version: 1, Answers: { } answers } && answers.All(a => a.Value is { Choice: >= 0, Tries: > 0 })) return (answers, null);
            reason = "it is no quiz progress of this version";
        }
        catch (JsonException e)
        {
            reason = $"it is no valid JSON (line {(e.LineNumber ?? 0) + 1})";
        }

        var aside = $"{path}.unreadable";
        File.Move(path, aside, overwrite: true);
        return ([], $"The quiz's progress in {path} could not be read, because {reason}. It was moved to {aside}, and the score starts anew.");
    }

    private sealed record Stored(int Version, Dictionary<string, StoredAnswer> Answers);
}
