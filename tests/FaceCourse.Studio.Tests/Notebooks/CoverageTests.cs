using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>The lecture is covered: every statement has a cell that shows it and a test that holds it.</summary>
public sealed class CoverageTests
{
    private static readonly IReadOnlyList<CoverageRow> Rows = Coverage.Load();

    [Fact]
    public void Every_row_names_a_cell_that_exists()
        => Assert.Empty(Rows.Where(r => CourseNotebooks.Names.Contains(r.Notebook) && Coverage.Cell(r) is null).Select(r => $"{r.Notebook} has no cell with \"{r.Marker}\" ({r.Statement})"));

    [Fact]
    public void Every_row_names_a_notebook_of_the_course_and_every_notebook_stands_in_a_row()
        => Assert.Equal(Quiz.LectureSection.All.Select(s => s.Notebook).Append("12-quiz.ipynb"), Rows.Select(r => r.Notebook + ".ipynb").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        var tests = Coverage.Tests();

        Assert.True(tests.Count > 200, $"only {tests.Count} tests were found");
        Assert.Empty(Rows.Where(r => !tests.Contains(r.Test)).Select(r => $"there is no test {r.Test} ({r.Statement})"));
    }

    [Fact]
    public void No_row_is_empty_and_none_stands_twice()
    {
        Assert.All(Rows, r => Assert.All(new[] { r.Kind, r.Statement, r.Notebook, r.Marker, r.Test }, part => Assert.False(string.IsNullOrWhiteSpace(part), r.ToString())));
        Assert.Equal(Rows.Count, Rows.DistinctBy(r => (r.Kind, r.Statement)).Count());
    }

    [Fact]
    public void All_sections_formulas_summary_lines_and_questions_are_there()
    {
        Assert.Equal(Enumerable.Range(1, 11), Rows.Where(r => r.Kind == "objective").Select(r => r.Section).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 11), Rows.Where(r => r.Kind == "slide").Select(r => r.Section).Distinct().Order());
        Assert.True(Rows.Count(r => r.Kind == "formula") >= 10);
        Assert.Equal(10, Rows.Count(r => r.Kind == "summary"));
        Assert.Equal(Quiz.LectureQuestions.All.Select(q => $"{q.Number} · {q.Text}"), Rows.Where(r => r.Kind == "question").Select(r => r.Statement));
    }

    [Fact]
    public void A_questions_row_names_the_cell_that_proves_its_answer_below_its_card()
    {
        var cells = CourseNotebooks.Load("12-quiz").Cells.ToList();
        int Card(int number) => cells.FindIndex(c => c.Source == $"quiz.Card({number})");

        Assert.All(Rows.Where(r => r.Kind == "question").Select((row, i) => (Row: row, Number: i + 1)), r =>
        {
            var end = r.Number < 20 ? Card(r.Number + 1) : cells.Count;
            var proof = cells.FindIndex(c => c.IsCode && c.Source.Contains(r.Row.Marker, StringComparison.Ordinal));
            Assert.True(Card(r.Number) >= 0 && proof > Card(r.Number) && proof < end, $"question {r.Number}: \"{r.Row.Marker}\" stands in no code cell between its card and the next one");
            Assert.Contains("throw new Exception", cells[proof].Source, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_table_in_docs_is_the_one_that_these_rows_make()
    {
        var made = Coverage.Render(Rows);
        if (Environment.GetEnvironmentVariable("FACECOURSE_UPDATE") == "1") File.WriteAllText(Coverage.Markdown, made);

        Assert.True(File.Exists(Coverage.Markdown) && File.ReadAllText(Coverage.Markdown) == made, "docs/coverage.md is out of date: run this test with FACECOURSE_UPDATE=1 and commit it");
    }
}
