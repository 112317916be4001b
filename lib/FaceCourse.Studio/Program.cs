using System.CommandLine;
using FaceCourse.Studio.Commands;

// A client starts a kernel with exactly these words and waits for it: the command line's own machinery can be skipped.
if (args is ["kernel", "start", "--connection-file", var file]) return await KernelCommand.StartAsync(file);

var root = new RootCommand("FaceCourse: the lecture 'Face recognition' as C# notebooks.")
{
    RunCommand.Create(),
    DoctorCommand.Create(),
    KernelCommand.Create(),
    TrainCourseNetCommand.Create(),
};
ServeCommand.AddTo(root);

// Ctrl-C leaves the server time to end its kernels.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
