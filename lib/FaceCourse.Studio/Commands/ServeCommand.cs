using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using FaceCourse.Studio.Server;

namespace FaceCourse.Studio.Commands;

/// <summary>No command at all: the course in the browser.</summary>
internal static class ServeCommand
{
    /// <summary>Gives the root command its options and its work.</summary>
    public static void AddTo(RootCommand command)
    {
        var port = new Option<int?>("--port") { Description = "The port on 127.0.0.1; another one if it is taken." };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 65535) result.AddError("--port must lie between 1 and 65535.");
        });
        var noBrowser = new Option<bool>("--no-browser") { Description = "Print the address, do not open it." };
        var root = new Option<DirectoryInfo?>("--root") { Description = "The folder to serve (default: the course)." };
        command.Add(port);
        command.Add(noBrowser);
        command.Add(root);
        command.SetAction((parse, ct) => RunAsync(parse.GetValue(root)?.FullName ?? CourseRoot(), parse.GetValue(port), parse.GetValue(noBrowser), ct));
    }

    /// <summary>Serves until Ctrl-C, a signal, or a client's request to end.</summary>
    public static async Task<int> RunAsync(string root, int? port, bool noBrowser, CancellationToken ct)
    {
        if (!Directory.Exists(root))
        {
            await Console.Error.WriteLineAsync($"There is no folder {root}; name the course's folder with --root.");
            return 2;
        }

        var options = new ServerOptions(root, port);
        if (await RunningServer.FindAsync(root, options.StateFolder) is var (address, once))
        {
            Console.WriteLine($"The course is already open:\n  {address}");
            if (!noBrowser) OpenBrowser(once);
            return 0;
        }

        await using var server = await StudioServer.StartAsync(options);
        RunningServer.Record(server, root, options.StateFolder);
        try
        {
            if (port is { } wanted && wanted != server.Port) Console.WriteLine($"Port {wanted} is taken by another program, so the course is on {server.Port}.");
            Console.WriteLine($"FaceCourse is open at\n  {server.Address}\nPress Ctrl-C to end it; your work is saved in {Path.Combine(root, "work")}.");
            if (!noBrowser) OpenBrowser(server.AddressForOnce);

            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var interrupted = ct.Register(() => ended.TrySetResult());
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                ended.TrySetResult();
            });
            await Task.WhenAny(ended.Task, server.EndRequested);
        }
        finally
        {
            RunningServer.Forget(root, options.StateFolder);
        }

        return 0;
    }

    // The folder that holds notebooks/, from here upwards, and else from the built program upwards.
    private static string CourseRoot()
    {
        foreach (var start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "FaceCourse.sln")) && Directory.Exists(Path.Combine(folder.FullName, "notebooks"))) return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }

    private static void OpenBrowser(string address)
    {
        try
        {
            // A browser's chatter would bury the address.
            var start = OperatingSystem.IsLinux()
                ? new ProcessStartInfo("xdg-open", [address]) { RedirectStandardOutput = true, RedirectStandardError = true }
                : new ProcessStartInfo(address) { UseShellExecute = true };
            Process.Start(start)?.Dispose();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Console.WriteLine("No browser could be opened from here; open the address yourself.");
        }
    }
}
