using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace FaceCourse.Kernel.Tests;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly CSharpSession _session = new(new KernelOptions { CellTimeout = TimeSpan.FromSeconds(60) });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _session.DisposeAsync();

    private async Task<RecordedOutput> Run(string code)
    {
        var output = new RecordedOutput();
        await _session.RunAsync(code, output, TestContext.Current.CancellationToken);
        return output;
    }

    private async Task<string?> Plain(string code)
    {
        var output = await Run(code);
        Assert.Null(output.Failure?.Message);
        return output.Plain;
    }

    [Fact]
    public async Task The_last_expression_is_shown()
    {
        Assert.Equal("42", await Plain("var x = 21;\nx * 2"));
        Assert.Null(await Plain("x * 2;".Replace("x * 2", "x = 3")));
        Assert.Equal("<null>", await Plain("(string)null"));
        Assert.Null((await Run("Console.WriteLine(1)")).Value);
    }

    [Fact]
    public async Task Await_stands_at_top_level()
    {
        Assert.Equal("7", await Plain("await Task.Delay(10);\nvar seven = await Task.FromResult(7);\nseven"));
        Assert.Equal("8", await Plain("seven + await Task.FromResult(1)"));
    }

    [Fact]
    public async Task Variables_types_methods_usings_and_extension_methods_reach_later_cells()
    {
        await Run("using System.Globalization;");
        await Run("record Point(int X, int Y);\nint Twice(int n) => 2 * n;\nstatic string Shout(this string s) => s.ToUpper() + \"!\";\nvar p = new Point(1, 2);");
        Assert.Equal("4", await Plain("Twice(p.Y)"));
        Assert.Equal("HI!", await Plain("\"hi\".Shout()"));
        Assert.Equal("Tuesday", await Plain("CultureInfo.InvariantCulture.DateTimeFormat.GetDayName(DayOfWeek.Tuesday)"));
    }

    [Fact]
    public async Task A_redefinition_hides_the_earlier_one()
    {
        await Run("var x = 1; int F() => x;");
        await Run("var x = \"two\"; string G() => x;");
        Assert.Equal("two", await Plain("x"));
        Assert.Equal("1", await Plain("F()"));
        await Run("record R(int A);");
        await Run("record R(string B);");
        Assert.Equal("b", await Plain("new R(\"b\").B"));
    }

    [Fact]
    public async Task What_ran_before_an_exception_is_kept()
    {
        var failed = await Run("var kept = 5;\nthrow new InvalidOperationException(\"no\");");
        Assert.Equal("InvalidOperationException", failed.Failure!.Name);
        Assert.Equal("5", await Plain("kept"));
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_changes_nothing()
    {
        await Run("var x = 1;");
        Assert.Equal("CompilationError", (await Run("var x = 2; x.Nothing();")).Failure!.Name);
        Assert.Equal("1", await Plain("x"));
    }

    [Fact]
    public async Task A_compile_error_has_line_column_and_a_caret()
    {
        var output = await Run("var a = 1;\nfor (var i = 0; i < 2; i++) a += i;\nvar b = a.Nothing() + 1;");
        var error = output.Failure!;

        Assert.StartsWith("(3,11): error CS1061:", error.Message);
        Assert.Equal("    var b = a.Nothing() + 1;", error.Traceback[1]);
        Assert.Equal("              ^~~~~~~", error.Traceback[2]);
        Assert.Equal("error", Assert.Single(output.Events));
    }

    [Fact]
    public async Task A_syntax_error_has_a_hint()
    {
        var error = (await Run("int F(int n) => n\nF(1)")).Failure!;

        Assert.StartsWith("(1,18): error CS1002", error.Message);
        Assert.Contains(error.Traceback, l => l.StartsWith("hint: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_syntax_is_broken_only_the_syntax_is_complained_about()
    {
        var error = (await Run("var x = nowhere(\nx.Nothing")).Failure!;

        Assert.All(error.Traceback.Where(l => l.Contains("error ", StringComparison.Ordinal)), l => Assert.DoesNotContain("CS0103", l));
    }

    [Theory]
    [InlineData("Console.Writeline(1);", "hint: did you mean 'WriteLine'?")]
    [InlineData("var numbers = new List<int>();\nnumbers.Cuont", "hint: did you mean 'Count'?")]
    [InlineData("var photograph = 1;\nphotogarph + 1", "hint: did you mean 'photograph'? If not, has the cell that declares photogarph been run?")]
    [InlineData("string Caption(int n) => \"\";\nCaptoin(1)", "hint: did you mean 'Caption'?")]
    [InlineData("string Caption(int n) => \"\";\nCaptions + 1", "hint: is it spelled as where it was declared, and has that cell been run?")]
    [InlineData("new Strnigbuilder()", "hint: did you mean 'StringBuilder'?")]
    [InlineData("JsonNode.Parse(\"1\")", "hint: JsonNode is in System.Text.Json.Nodes: add 'using System.Text.Json.Nodes;'")]
    [InlineData("Stopwatch s = null;", "hint: Stopwatch is in System.Diagnostics: add 'using System.Diagnostics;'")]
    [InlineData("zzqx + 1", "hint: is it spelled as where it was declared, and has that cell been run?")]
    [InlineData("using var s = new MemoryStream();", "hint: a cell has no end at which to dispose")]
    [InlineData("await using var s = new MemoryStream();", "hint: a cell has no end at which to dispose")]
    [InlineData("record P(int X);\nvar p = new P(1);\np with { X = 2 }", "hint: in a cell, an expression with 'with' needs parentheses")]
    [InlineData("#load \"x.csx\"", "hint: '#!import file' runs")]
    [InlineData("namespace N { class C; }", "hint: types need no namespace in a cell")]
    [InlineData("x => x + 1", "hint: say the parameters' types")]
    public async Task An_error_has_a_hint_that_says_what_was_meant(string code, string hint)
    {
        var error = (await Run(code)).Failure!;

        Assert.Contains(error.Traceback, l => l.StartsWith(hint, StringComparison.Ordinal));
        Assert.Equal(error.Traceback.Where(l => l.StartsWith("hint: ", StringComparison.Ordinal)).Distinct(), error.Traceback.Where(l => l.StartsWith("hint: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("#!tme", "Did you mean #!time?")]
    [InlineData("#!fsharp", "Cells are C#, HTML, Markdown or JavaScript.")]
    public async Task An_unknown_command_is_an_error_with_a_suggestion(string code, string expected)
    {
        var error = (await Run($"{code}\n1")).Failure!;

        Assert.Equal("UnknownCommand", error.Name);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task An_exception_names_the_cells_line_first_and_hides_the_engine()
    {
        await Run("int Divide(int a, int b)\n{\n    // nothing to see\n    return a / b;\n}");
        var error = (await Run("var zero = 0;\n\nDivide(1, zero)")).Failure!;

        Assert.Equal("DivideByZeroException", error.Name);
        Assert.Equal("System.DivideByZeroException: Attempted to divide by zero.", error.Traceback[0]);
        Assert.Equal("cell 1, line 4:", error.Traceback[1]);
        Assert.Contains("→   4 |     return a / b;", error.Traceback);
        Assert.Contains("   at Divide(Int32 a, Int32 b) in cell 1, line 4", error.Traceback);
        Assert.Contains("   at the cell in cell 2, line 3", error.Traceback);
        Assert.DoesNotContain(error.Traceback, l => l.Contains("FaceCourse.Kernel", StringComparison.Ordinal) || l.Contains("Submission", StringComparison.Ordinal) || l.Contains("System.Threading", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_after_an_await_keeps_its_line()
    {
        var error = (await Run("await Task.Yield();\nvar list = new List<int>();\nlist.First()")).Failure!;

        Assert.Equal("cell 1, line 3:", error.Traceback[1]);
    }

    [Fact]
    public async Task An_inner_exception_is_told_too()
    {
        var error = (await Run("try { int.Parse(\"x\"); } catch (Exception e) { throw new ArgumentException(\"outer\", e); }")).Failure!;

        Assert.Contains("System.ArgumentException: outer", error.Traceback);
        Assert.Contains(error.Traceback, l => l.StartsWith("caused by System.FormatException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("int Down(int n) => Down(n + 1) + 1;\nDown(0)")]
    [InlineData("class A { public int P => P + 1; }\nnew A().P")]
    [InlineData("class A { int n; public int P { get => n; set => P = value; } }\nnew A { P = 1 }")]
    [InlineData("class A { public A Inner; public A() { Inner = new A(); } }\nnew A()")]
    [InlineData("class A { public static implicit operator int(A a) => a; }\nint n = new A();")]
    [InlineData("Action down = null;\ndown = () => down();\ndown();")]
    public async Task Endless_recursion_is_an_exception_and_the_process_lives(string code)
    {
        var error = (await Run(code)).Failure!;
        Assert.Equal("InsufficientExecutionStackException", error.Name);
        Assert.InRange(error.Traceback.Count, 3, 9);
        Assert.Contains(error.Traceback, l => l.EndsWith(" times)", StringComparison.Ordinal));
        Assert.Equal("3", await Plain("1 + 2"));
    }

    [Theory]
    [InlineData("new Thread(() => throw new InvalidOperationException(\"stray\")).Start();")]
    [InlineData("async void Stray()\n{\n    await Task.Delay(10);\n    throw new InvalidOperationException(\"stray\");\n}\nStray();")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException(\"stray\"));")]
    [InlineData("var timer = new Timer(_ => throw new InvalidOperationException(\"stray\"), null, 10, -1);")]
    public async Task An_exception_that_nothing_catches_is_told_in_its_cell_and_the_process_lives(string code)
    {
        var output = await Run(code);
        for (var wait = 0; wait < 500 && !output.Stderr.Contains("cell 1, line", StringComparison.Ordinal); wait++) await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Contains("InvalidOperationException: stray", output.Stderr);
        Assert.Contains("cell 1, line", output.Stderr);
        Assert.Equal("3", await Plain("1 + 2"));
    }

    [Fact]
    public async Task A_thread_of_an_interrupted_cell_ends_without_a_word()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new RecordedOutput();
        await Run("var turns = 0L; Thread busy = null;");
        var running = _session.RunAsync("busy = new Thread(() => { while (true) turns++; }); busy.Start(); Console.Write(\"begun\"); busy.Join();", output, interrupt.Token);
        while (output.Stdout != "begun") await Task.Delay(20, TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();
        await running;

        Assert.Equal("True", await Plain("busy.Join(5000)"));
        Assert.Equal("", output.Stderr);
    }

    [Fact]
    public async Task Expression_bodies_keep_their_meaning_under_the_guard()
    {
        await Run("void Say(string s) => Console.Write(s);\nasync Task Later() => await Task.Delay(1);\nasync Task<int> Five() => await Task.FromResult(5);\nint Bang() => throw new NotImplementedException();\nint[] a = [1, 2];\nref int First() => ref a[0];");
        Assert.Equal("ok", (await Run("Say(\"ok\"); await Later();")).Stdout);
        Assert.Equal("5", await Plain("await Five()"));
        Assert.Equal("9", await Plain("First() = 9;\na[0]"));
        Assert.Equal("3", await Plain("var n = 0; again: n++; if (n < 3) goto again;\nn"));
        await Run("""
            class Money
            {
                int[] coins = [1, 2];
                int total;
                public Money(int t) => total = t;
                public int Total { get => total; set => total = value; }
                public int Twice => 2 * total;
                public int this[int i] => coins[i];
                public ref int Coin => ref coins[0];
                public static Money operator +(Money a, Money b) => new(a.total + b.total);
                public static implicit operator int(Money m) => m.total;
                public event Action Changed { add => total++; remove { total--; } }
            }
            """);
        Assert.Equal("27", await Plain("var m = new Money(3) + new Money(4);\nm.Coin = 6;\nm.Changed += () => { };\nm.Total = m.Total - 1;\nm[0] + m.Twice + (int)m"));
    }

    [Fact]
    public async Task Lambdas_keep_their_meaning_under_the_guard()
    {
        await Run("using System.Linq.Expressions;\nvar log = new List<int>();\nList<int> some = [1, 2, 3];");
        Assert.Equal("x => (x + 1)", await Plain("Expression<Func<int, int>> tree = x => x + 1;\ntree.ToString()"));
        Assert.Equal("2", await Plain("some.AsQueryable().Where(x => some.Any(y => y > x)).Count()"));
        Assert.Equal("2", await Plain("(from x in some.AsQueryable() where some.Any(y => y > x) select x).Count()"));
        Assert.Equal("6", await Plain("some.ForEach(x => log.Add(x)); // a list's Add returns nothing, a set's does\nvar set = new HashSet<int>(); some.ForEach(x => set.Add(x));\nlog.Count + set.Count"));
        Assert.Equal("14", await Plain("some\n    .Select(x => x * x) // squared\n    .Sum()"));
        Assert.Equal("7", await Plain("await Task.Run(async () => await Task.FromResult(7))"));
        Assert.Equal("3", await Plain("Func<Task> later = async () => await Task.Run(() => log.Clear());\nawait later();\nsome.Count(x => x is > 0 and var y)"));
        Assert.Equal("5", await Plain("delegate ref int Pick(int[] of);\nint[] five = [5];\nPick pick = of => ref of[0];\npick(five)"));
        Assert.Equal("9", await Plain("Func<int, Func<int, int>> add = a => b => a + b;\nadd(4)(5)"));
        Assert.EndsWith(", line 3:", (await Run("var bad = some\n    .Select(x =>\n        x / (x - 2))\n    .ToList();")).Failure!.Traceback[1]);
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("await Task.Yield(); while (true) { }")]
    [InlineData("while (true) try { Thread.Sleep(1); } catch (Exception) { }")]
    [InlineData("await Task.Delay(-1, CellToken);")]
    [InlineData("again: goto again;")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Count(i => { return Math.Sqrt(i) < 0; })")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Sum(i => Math.Sqrt(Math.Cos(i)))")]
    public async Task A_cell_that_never_ends_is_stopped_at_its_limit(string code)
    {
        await using var session = new CSharpSession(new KernelOptions { CellTimeout = TimeSpan.FromSeconds(1.5) });
        await session.WarmUpAsync(TestContext.Current.CancellationToken);
        await session.RunAsync("var before = 1;", new RecordedOutput(), TestContext.Current.CancellationToken);
        var output = new RecordedOutput();
        var watch = Stopwatch.StartNew();

        var result = await session.RunAsync(code, output, TestContext.Current.CancellationToken);

        Assert.Equal(CellStatus.TimedOut, result.Status);
        Assert.Equal("The cell was stopped: it ran longer than its limit of 1.5 s.", output.Failure!.Message);
        Assert.False(result.Stuck);
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.4, 10);

        var after = new RecordedOutput();
        await session.RunAsync("before + 1", after, TestContext.Current.CancellationToken);
        Assert.Equal("2", after.Plain);
    }

    [Fact]
    public async Task A_library_that_cannot_be_stopped_is_left_behind_and_said_to_be_stuck()
    {
        // A pattern that tries for longer than the universe is old.
        const string Endless = "System.Text.RegularExpressions.Regex.IsMatch(new string('a', 60), \"^(([a-z])+.)+[A-Z]([a-z])+$\")";
        await using var session = new CSharpSession(new KernelOptions { CellTimeout = TimeSpan.FromSeconds(1) });
        var result = await session.RunAsync(Endless, new RecordedOutput(), TestContext.Current.CancellationToken);

        Assert.True(result.Stuck);
        Assert.Equal(CellStatus.TimedOut, result.Status);
        var after = new RecordedOutput();
        await session.RunAsync("1 + 1", after, TestContext.Current.CancellationToken);
        Assert.Equal("2", after.Plain);
    }

    [Fact]
    public async Task A_cell_run_again_and_again_costs_no_more_than_once()
    {
        await Run("int Kept() => 1; var seen = 0;");
        for (var i = 0; i < 30; i++) await Run("var again = 1; int F() => again; seen += F();");

        Assert.Equal("30", await Plain("seen"));
        Assert.Equal("2", await Plain("F() + Kept()"));
        await Run("var again = 5;");
        Assert.Equal("6", await Plain("again + F()"));
    }

    [Fact]
    public async Task An_interrupt_ends_a_busy_loop_and_the_session_goes_on()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new RecordedOutput();
        await Run("var n = 0L;");
        var running = _session.RunAsync("while (true) n++;", output, interrupt.Token);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();

        var result = await running;

        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.Equal("Interrupted", output.Failure!.Name);
        Assert.Equal("True", await Plain("n > 0"));
    }

    [Fact]
    public async Task Console_output_goes_to_the_cell_that_wrote_it()
    {
        await using var other = new CSharpSession(new KernelOptions());
        var mine = new RecordedOutput();
        var theirs = new RecordedOutput();
        const string Code = "for (var i = 0; i < 50; i++) { Console.WriteLine(\"NAME\"); await Task.Delay(1); Console.Error.Write('.'); }\nawait Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Console.WriteLine(\"NAME\"))));";

        await Task.WhenAll(
            _session.RunAsync(Code.Replace("NAME", "mine"), mine, TestContext.Current.CancellationToken),
            other.RunAsync(Code.Replace("NAME", "theirs"), theirs, TestContext.Current.CancellationToken));

        Assert.Equal(string.Concat(Enumerable.Repeat("mine" + Environment.NewLine, 54)), mine.Stdout);
        Assert.Equal(string.Concat(Enumerable.Repeat("theirs" + Environment.NewLine, 54)), theirs.Stdout);
        Assert.Equal(new string('.', 50), mine.Stderr);
    }

    [Fact]
    public async Task Streams_and_displays_stay_in_order()
    {
        var output = await Run("Console.Write(\"a\"); display(1); Console.Write(\"b\"); 2.Display(); Console.Write(\"c\"); 3");

        Assert.Equal(["stdout:a", "display:1", "stdout:b", "display:2", "stdout:c", "result"], output.Events);
    }

    [Fact]
    public async Task A_display_is_updated_in_place()
    {
        var output = await Run("var d = display(\"start\"); d.Update(\"half\"); d.Update(\"done\");");

        Assert.Equal(["display:start", "update:half", "update:done"], output.Events);
        Assert.All(output.Updates, u => Assert.Equal(output.DisplayIds[0], u.Id));
    }

    [Fact]
    public async Task Html_and_javascript_are_html()
    {
        Assert.Equal("<b>x</b>", (string?)(await Run("HTML(\"<b>x</b>\")")).Value!.Data["text/html"]);
        Assert.Contains("alert(1)", (string?)(await Run("Javascript(\"alert(1)\");")).Displays[0].Data["text/html"]);
    }

    [Fact]
    public async Task An_object_has_html_and_plain_text()
    {
        var value = (await Run("new { Name = \"<Ada>\", Year = 1815 }")).Value!;

        Assert.Contains("&lt;Ada&gt;", (string?)value.Data["text/html"]);
        Assert.Contains("1815", (string?)value.Data["text/plain"]);
    }

    [Fact]
    public async Task A_lazy_sequence_is_computed_once_and_no_further_than_it_is_shown()
    {
        var query = await Run("new[] { 1, 2, 3 }.Select(i => { Console.Write(i); return i; }).Where(i => i > 1)");
        Assert.Equal("123", query.Stdout);
        Assert.Equal("[ 2, 3 ]", query.Plain);

        var endless = await Run("IEnumerable<int> Count()\n{\n    for (var i = 0; ; i++) { if (i > 100) Console.Write(\"too far\"); yield return i; }\n}\nCount()");
        Assert.Equal("", endless.Stdout);
        Assert.StartsWith("[ 0, 1, 2, 3,", endless.Plain);
        Assert.EndsWith("(more) ]", endless.Plain);
        Assert.Contains("<pre>[ 0, 1, 2, 3", (string?)endless.Value!.Data["text/html"]);
    }

    [Fact]
    public async Task A_collection_of_ones_own_keeps_its_own_way_to_be_shown()
    {
        var output = await Run("""
            using System.Collections;
            using Microsoft.DotNet.Interactive.Formatting;
            class Bag : IEnumerable<int>
            {
                public IEnumerator<int> GetEnumerator() => throw new NotSupportedException();
                IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
            }
            Formatter.Register<Bag>((_, writer) => writer.Write("my own way"), "text/plain");
            new Bag().Display("text/plain");
            """);

        Assert.Null(output.Failure?.Message);
        Assert.Equal("my own way", (string?)Assert.Single(output.Displays).Data["text/plain"]);
    }

    [Fact]
    public async Task A_function_without_its_parentheses_is_shown_as_what_it_is()
    {
        Assert.Equal("Func<Double, Double> Sqrt: (Double d) => Double", await Plain("Math.Sqrt"));
        Assert.Equal("Func<Int32, Int32>: (Int32 x) => Int32", await Plain("(int x) => x + 1"));
    }

    [Fact]
    public async Task All_preferred_mime_types_of_a_type_land_in_the_bundle_and_json_is_json()
    {
        await Run("""
            [AttributeUsage(AttributeTargets.Class)]
            public sealed class TypeFormatterSourceAttribute(Type source) : Attribute
            {
                public Type FormatterSourceType { get; } = source;
                public string[] PreferredMimeTypes { get; set; } = [];
            }
            public sealed class ChartFormatterSource
            {
                public IEnumerable<object> CreateTypeFormatters() => [new Html(), new Plotly()];
                public sealed class Html { public string MimeType => "text/html"; public bool Format(object o, TextWriter w) { w.Write("<div>chart</div>"); return true; } }
                public sealed class Plotly { public string MimeType => "application/vnd.plotly.v1+json"; public bool Format(object o, TextWriter w) { w.Write("{\"data\":[{\"y\":[1,2]}]}"); return true; } }
            }
            [TypeFormatterSource(typeof(ChartFormatterSource), PreferredMimeTypes = new[] { "text/html", "application/vnd.plotly.v1+json" })]
            public sealed class Chart { public override string ToString() => "a chart"; }
            """);
        var data = (await Run("new Chart()")).Value!.Data;

        Assert.Equal("<div>chart</div>", (string?)data["text/html"]);
        Assert.Equal(2, (int?)data["application/vnd.plotly.v1+json"]!["data"]![0]!["y"]![1]);
        Assert.NotNull((string?)data["text/plain"]);
    }

    [Fact]
    public async Task Input_is_asked_for_or_refused_clearly()
    {
        var asked = new RecordedOutput { Answer = prompt => prompt + "Ada" };
        await _session.RunAsync("Input(\"name? \") + Console.ReadLine()", asked, TestContext.Current.CancellationToken);
        Assert.Equal("name? AdaAda", asked.Plain);

        Assert.Contains("nobody can answer", (await Run("Console.ReadLine()")).Failure!.Message);
    }

    [Fact]
    public async Task The_hosts_references_and_imports_are_there()
    {
        await using var session = new CSharpSession(new KernelOptions { References = [typeof(RecordedOutput).Assembly, typeof(Assert).Assembly], Imports = ["Xunit", "static Xunit.Assert"] });
        var output = new RecordedOutput();
        await session.RunAsync("Equal(1, 1); typeof(Assert).Name", output, TestContext.Current.CancellationToken);

        Assert.Equal("Assert", output.Plain);
    }

    [Fact]
    public async Task Import_runs_files_and_notebooks_here_and_their_errors_name_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("kernel-import-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "tools.cs"), "int Triple(int n)\n{\n    return checked(3 * n);\n}", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "circle.csx"), "#!import circle.csx", TestContext.Current.CancellationToken);
            var lesson = NotebookDocument.Create();
            lesson.Add("markdown", "# not run");
            lesson.Add("code", "#!import tools.cs\nvar nine = Triple(3);");
            lesson.Add("code", "<b>shown</b>").Json["metadata"]!["polyglot_notebook"] = new JsonObject { ["kernelName"] = "html" };
            lesson.Add("code", "let x = 1").Json["metadata"]!["polyglot_notebook"] = new JsonObject { ["kernelName"] = "fsharp" };
            lesson.Save(Path.Combine(folder, "lesson.ipynb"));
            await using var session = new CSharpSession(new KernelOptions { WorkingDirectory = folder });

            var imported = await Do("#!import lesson.ipynb");
            Assert.Null(imported.Failure?.Message);
            Assert.Equal("<b>shown</b>", (string?)Assert.Single(imported.Displays).Data["text/html"]);
            Assert.Equal("12", (await Do("nine + Triple(1)")).Plain);
            Assert.Contains("→   3 |     return checked(3 * n);", (await Do("Triple(int.MaxValue)")).Failure!.Traceback);
            Assert.Contains("in a circle", (await Do("#!import circle.csx")).Failure!.Message);
            Assert.Contains("there is no file", (await Do("#!import missing.cs")).Failure!.Message);

            async Task<RecordedOutput> Do(string code)
            {
                var output = new RecordedOutput();
                await session.RunAsync(code, output, TestContext.Current.CancellationToken);
                return output;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Who_lists_variables_and_whos_their_types_and_values()
    {
        await Run("var names = new List<string> { \"<Ada>\" };\nvar year = 1815;");

        Assert.Equal("names\tyear", (string?)(await Run("#!who")).Displays[0].Data["text/plain"]);
        var table = (await Run("#!whos")).Displays[0].Data;
        Assert.Contains("year\tInt32\t1815", (string?)table["text/plain"]);
        Assert.Contains("List&lt;String&gt;", (string?)table["text/html"]);
        Assert.Contains("&lt;Ada&gt;", (string?)table["text/html"]);
    }

    [Fact]
    public async Task A_flood_of_outputs_and_an_output_larger_than_any_page_are_cut_with_a_note()
    {
        var flood = await Run("for (var i = 0; i < 6000; i++) display(i, \"text/plain\");");
        Assert.Equal(5001, flood.Displays.Count);
        Assert.Contains("the rest is left out", (string?)flood.Displays[^1].Data["text/plain"]);

        var large = (await Run("display(\"[\" + string.Join(',', Enumerable.Repeat(\"1234567\", 9_000_000)) + \"]\", \"application/json\");")).Displays[0].Data;
        Assert.Equal(["text/plain"], large.Select(d => d.Key));
        Assert.Contains("is left out", (string?)large["text/plain"]);
    }
}
