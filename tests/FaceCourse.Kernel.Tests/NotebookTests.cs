using System.Text.Json.Nodes;
using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Kernel.Tests;

public sealed class NotebookTests
{
    [Theory]
    [InlineData("this is no JSON", "no valid JSON")]
    [InlineData("{\"cells\": [", "no valid JSON")]
    [InlineData("", "no valid JSON")]
    [InlineData("[1, 2]", "no list of cells")]
    [InlineData("{\"worksheets\": [], \"nbformat\": 3}", "old format")]
    [InlineData("{\"cells\": [], \"nbformat\": \"four\"}", "only format 4")]
    [InlineData("{\"cells\": [], \"nbformat\": 5}", "only format 4")]
    [InlineData("{\"cells\": [7], \"nbformat\": 4}", "cell 1 is no JSON object")]
    [InlineData("{\"cells\": [{\"cell_type\": \"poem\"}], \"nbformat\": 4}", "neither code, markdown nor raw")]
    [InlineData("{\"cells\": [{\"cell_type\": \"code\", \"source\": [1]}], \"nbformat\": 4}", "a source that is no text")]
    [InlineData("{\"cells\": [], \"cells\": [], \"nbformat\": 4}", "is not a notebook")]
    public void What_is_no_notebook_is_refused_in_one_sentence(string text, string reason)
    {
        var error = Assert.Throws<NotebookFormatException>(() => NotebookDocument.Parse(text, "lesson.ipynb"));

        Assert.StartsWith("lesson.ipynb", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Unknown_metadata_and_attachments_survive_and_missing_ids_are_added()
    {
        var document = NotebookDocument.Parse("""
            {"cells":[{"cell_type":"markdown","metadata":{"mine":1},"attachments":{"a.png":{"image/png":"AA=="}},"source":"# T\nx"},
            {"cell_type":"code","metadata":{},"source":["1\n","2"],"outputs":[],"execution_count":3}],
            "metadata":{"custom":{"deep":[1,2]}},"nbformat":4,"nbformat_minor":2,"extra":true}
            """);
        var again = NotebookDocument.Parse(document.ToString());

        Assert.Equal(1, (int?)again.Cells[0].Json["metadata"]!["mine"]);
        Assert.Equal("AA==", (string?)again.Cells[0].Json["attachments"]!["a.png"]!["image/png"]);
        Assert.Equal(2, (int?)again.Json["metadata"]!["custom"]!["deep"]![1]);
        Assert.True((bool?)again.Json["extra"]);
        Assert.Equal("1\n2", again.Cells[1].Source);
        Assert.Equal(document.Cells.Select(c => c.Id), again.Cells.Select(c => c.Id));
        Assert.Equal(5, (int?)again.Json["nbformat_minor"]);
    }

    [Fact]
    public async Task A_notebook_is_run_in_order_and_its_outputs_are_valid()
    {
        var document = NotebookDocument.Create();
        document.Add("markdown", "# Title");
        document.Add("code", "using System.Text;\nvar total = 0;");
        document.Add("code", "for (var i = 0; i < 3; i++) { total += i; Console.WriteLine(i); }\nvar bar = display(\"0 %\");\nbar.Update(\"50 %\");\ntotal");
        document.Add("code", "bar.Update(\"100 %\");\nnew { total }");
        List<string> events = [];

        var result = await new NotebookRunner(new KernelOptions()).RunAsync(
            document, p => events.Add($"{p.Index}/{p.Total} {p.Result?.Status.ToString() ?? "…"} {p.Cell.Title}"), TestContext.Current.CancellationToken);

        Assert.True(result.Succeeded);
        Assert.Equal(["1/3 … var total = 0;", "1/3 Ok var total = 0;"], events[..2]);
        Assert.Equal(6, events.Count);
        Assert.Equal([1, 2, 3], document.Cells.Where(c => c.IsCode).Select(c => c.ExecutionCount!.Value));
        var outputs = document.Cells[2].Outputs;
        Assert.Equal("0\n1\n2\n", ((string?)outputs[0]!["text"])!.ReplaceLineEndings("\n"));
        Assert.Equal("100 %", (string?)outputs[1]!["data"]!["text/plain"]);
        Assert.Equal("3", (string?)outputs[2]!["data"]!["text/plain"]);
        Assert.Equal(2, (int?)outputs[2]!["execution_count"]);
        Structure.AssertValid(document.Json);
    }

    [Fact]
    public async Task A_run_stops_at_the_first_failing_cell_and_keeps_its_error()
    {
        var document = NotebookDocument.Create();
        document.Add("code", "Console.Write(\"first\");");
        document.Add("code", "throw new InvalidOperationException(\"on purpose\");");
        document.Add("code", "Console.Write(\"never\");");

        var result = await new NotebookRunner(new KernelOptions()).RunAsync(document, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(result.Succeeded);
        Assert.Same(document.Cells[1], result.FailedCell);
        Assert.Equal("on purpose", result.Failure!.Error!.Message);
        Assert.Equal("error", (string?)document.Cells[1].Outputs[0]!["output_type"]);
        Assert.Empty(document.Cells[2].Outputs);
        Structure.AssertValid(document.Json);
    }

    [Fact]
    public async Task A_cell_tagged_raises_exception_may_fail()
    {
        var document = NotebookDocument.Create();
        document.Add("code", "throw new Exception();").Json["metadata"]!["tags"] = new JsonArray("raises-exception");
        document.Add("code", "1");

        Assert.True((await new NotebookRunner(new KernelOptions()).RunAsync(document, cancellationToken: TestContext.Current.CancellationToken)).Succeeded);
    }

    [Fact]
    public async Task Endless_output_is_cut_with_a_note()
    {
        var document = NotebookDocument.Create();
        document.Add("code", "for (var i = 0; i < 300; i++) Console.WriteLine(new string('x', 10_000));");
        await new NotebookRunner(new KernelOptions()).RunAsync(document, cancellationToken: TestContext.Current.CancellationToken);

        var text = (string?)document.Cells[0].Outputs[0]!["text"];
        Assert.InRange(text!.Length, 1 << 20, (1 << 20) + 20_000);
        Assert.Contains("the rest is left out", text);
    }

    [Fact]
    public async Task The_reference_implementation_of_nbformat_accepts_an_executed_notebook()
    {
        var folder = Directory.CreateTempSubdirectory("kernel-nb-").FullName;
        try
        {
            var document = NotebookDocument.Create();
            document.Add("markdown", "text");
            document.Add("code", "Console.WriteLine(1); display(new[] { 1, 2 }); new { A = 1 }");
            document.Add("code", "int.Parse(\"x\")");
            await new NotebookRunner(new KernelOptions()).RunAsync(document, cancellationToken: TestContext.Current.CancellationToken);
            var file = Path.Combine(folder, "executed.ipynb");
            document.Save(file);

            var python = Python.Skip("nbformat");
            var (exitCode, text) = await Python.RunAsync(python, ["-c", "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4)); print('valid')", file], TestContext.Current.CancellationToken);
            Assert.True(exitCode == 0 && text.Contains("valid", StringComparison.Ordinal), text);
            Assert.Equal([file], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static class Structure
    {
        public static void AssertValid(JsonObject notebook)
        {
            Assert.Equal(4, (int?)notebook["nbformat"]);
            foreach (var cell in (JsonArray)notebook["cells"]!)
            {
                Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", (string?)cell!["id"]);
                Assert.IsType<JsonObject>(cell["metadata"]);
                if ((string?)cell["cell_type"] != "code") continue;

                foreach (var output in (JsonArray)cell["outputs"]!) AssertOutput((JsonObject)output!);
            }
        }

        private static void AssertOutput(JsonObject output)
        {
            string[] keys = (string?)output["output_type"] switch
            {
                "stream" => ["name", "output_type", "text"],
                "display_data" => ["data", "metadata", "output_type"],
                "execute_result" => ["data", "execution_count", "metadata", "output_type"],
                "error" => ["ename", "evalue", "output_type", "traceback"],
                var other => throw new InvalidOperationException($"output_type {other}"),
            };
            Assert.Equal(keys, output.Select(p => p.Key).Order(StringComparer.Ordinal));
        }
    }
}
