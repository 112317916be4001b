using System.Text.Json.Nodes;
using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Kernel.Tests;

/// <summary>The kernel under clients that nobody here wrote.</summary>
public sealed class ClientTests(InstalledKernel kernel) : IClassFixture<InstalledKernel>
{
    [Fact]
    public async Task Install_registers_the_built_program_and_uninstall_removes_it()
    {
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(kernel.KernelFile, TestContext.Current.CancellationToken))!;
        Assert.Equal(".NET (C#) FaceCourse", (string?)spec["display_name"]);
        Assert.Equal(InstalledKernel.Course, (string?)spec["argv"]![1]);

        await kernel.RunAsync("dotnet", [InstalledKernel.Course, "kernel", "uninstall"]);
        Assert.False(File.Exists(kernel.KernelFile));
        await kernel.RunAsync("dotnet", [InstalledKernel.Course, "kernel", "install"]);
    }

    [Fact]
    public async Task A_kernel_of_that_name_that_is_not_ours_stays()
    {
        var foreign = """{"argv":["dotnet","interactive","jupyter"],"display_name":".NET (C#)","language":"C#"}""";
        await File.WriteAllTextAsync(kernel.KernelFile, foreign, TestContext.Current.CancellationToken);
        try
        {
            var said = await kernel.RunAsync("dotnet", [InstalledKernel.Course, "kernel", "install"]);
            Assert.Contains(".net-csharp-facecourse", said);
            await kernel.RunAsync("dotnet", [InstalledKernel.Course, "kernel", "uninstall"]);
            Assert.Equal(foreign, await File.ReadAllTextAsync(kernel.KernelFile, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(kernel.KernelFile);
            await kernel.RunAsync("dotnet", [InstalledKernel.Course, "kernel", "install"]);
        }
    }

    [Fact]
    public async Task All_twelve_tests_of_jupyter_kernel_test_pass()
    {
        var text = await kernel.RunAsync(Python.Skip("jupyter_kernel_test"), [Client("kernel_test.py")]);
        Assert.Contains("Ran 12 tests", text);
        Assert.DoesNotContain("skipped", text);
    }

    [Fact]
    public async Task Interrupt_restart_stdin_streams_queues_completion_and_magics_work_in_jupyter_client() =>
        await kernel.RunAsync(Python.Skip("jupyter_client"), [Client("client_test.py")]);

    [Fact]
    public async Task Ten_thousand_hostile_messages_leave_the_kernel_answering() =>
        Assert.Contains("survived 10000 messages", await kernel.RunAsync(Python.Skip("jupyter_client", "zmq"), [Client("fuzz_test.py"), "10000"]));

    [Fact]
    public async Task Replaced_objects_are_collected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the process's memory from /proc");
        TestContext.Current.TestOutputHelper?.WriteLine(await kernel.RunAsync(Python.Skip("jupyter_client"), [Client("memory_test.py"), "500"]));
    }

    [Fact]
    public async Task Nbconvert_executes_a_notebook()
    {
        var python = Python.Skip("nbconvert", "nbclient");
        var folder = Directory.CreateTempSubdirectory("kernel-nbconvert-").FullName;
        try
        {
            var document = NotebookDocument.Create();
            document.Add("markdown", "# Squares");
            document.Add("code", "var squares = Enumerable.Range(1, 5).Select(n => n * n).ToArray();\nConsole.WriteLine(squares.Sum());");
            document.Add("code", "await Task.Delay(10);\nsquares[^1]");
            var file = Path.Combine(folder, "squares.ipynb");
            document.Save(file);

            await kernel.RunAsync(python, ["-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", file]);

            var executed = NotebookDocument.Load(file);
            Assert.Equal("55\n", NotebookText(executed.Cells[1].Outputs[0]!["text"]));
            Assert.Equal("25", NotebookText(executed.Cells[2].Outputs[0]!["data"]!["text/plain"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Client(string name) => Path.Combine(InstalledKernel.Clients, name);

    private static string NotebookText(JsonNode? node) => node is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string?)node ?? "";
}
