using System.CommandLine;
using System.Runtime.InteropServices;
using FaceCourse.Kernel;
using Spectre.Console;

namespace FaceCourse.Studio.Commands;

/// <summary><c>kernel</c>: the course's C# kernel for JupyterLab, Jupyter Notebook and VS Code.</summary>
internal static class KernelCommand
{
    internal const string DisplayName = ".NET (C#) FaceCourse";

    public static Command Create()
    {
        var install = new Command("install", "Register the C# kernel for this user, so that Jupyter and VS Code offer it.");
        install.SetAction(_ => Install(AnsiConsole.Console));

        var uninstall = new Command("uninstall", "Remove what 'kernel install' registered.");
        uninstall.SetAction(_ => Uninstall(AnsiConsole.Console));

        var file = new Option<FileInfo>("--connection-file") { Description = "The file a Jupyter client wrote.", Required = true };
        var start = new Command("start", "Serve a Jupyter client; clients call this themselves.") { file };
        start.SetAction((parse, _) => StartAsync(parse.GetRequiredValue(file).FullName));

        return new Command("kernel", "The C# kernel for Jupyter clients.") { install, uninstall, start };
    }

    /// <summary>Serves a connection file until the client shuts the kernel down.</summary>
    public static async Task<int> StartAsync(string connectionFile)
    {
        try
        {
            var exitCode = await JupyterKernel.RunAsync(connectionFile, CourseKernel.Options(Environment.CurrentDirectory));
            return exitCode == JupyterKernel.MustRestart ? Again(connectionFile) : exitCode;
        }
        catch (InvalidDataException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private static int Install(IAnsiConsole console)
    {
        var (name, folder, inTheWay) = KernelSpecs.Install(DisplayName, [.. Program(), "kernel", "start", "--connection-file", "{connection_file}"]);
        if (inTheWay is not null) console.MarkupLineInterpolated($"[yellow]![/] Another kernel has the name {KernelSpecs.Name} ({inTheWay}) and stays; choose \"{DisplayName}\" in a notebook's kernel menu.");
        console.MarkupLineInterpolated($"[green]✓[/] {DisplayName} is registered as {name} in {folder}.");
        console.WriteLine("  It runs this build: install again after moving the folder.");
        return 0;
    }

    private static int Uninstall(IAnsiConsole console)
    {
        var removed = KernelSpecs.Uninstall();
        foreach (var folder in removed) console.MarkupLineInterpolated($"[green]✓[/] Removed {folder}.");
        if (removed.Count == 0) console.MarkupLineInterpolated($"The kernel is not registered in {KernelSpecs.UserFolder}; nothing to remove.");
        return 0;
    }

    // The built program, not `dotnet run`: a kernel should be there in a moment.
    internal static string[] Program() =>
        [Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet")),
            typeof(KernelCommand).Assembly.Location];

    // The client knows this process and its ports. On Unix the program begins anew within the same process, and whatever
    // could not be stopped is gone; elsewhere the exit code tells the client to start the kernel again.
    private static int Again(string connectionFile)
    {
        if (OperatingSystem.IsWindows()) return JupyterKernel.MustRestart;

        string[] command = [.. Program(), "kernel", "start", "--connection-file", connectionFile];
        _ = Execv(Marshal.StringToCoTaskMemUTF8(command[0]), [.. command.Select(Marshal.StringToCoTaskMemUTF8), IntPtr.Zero]);
        return JupyterKernel.MustRestart;
    }

    [DllImport("libc", EntryPoint = "execv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Execv(IntPtr path, IntPtr[] arguments);
}
