using System.CommandLine;
using FaceCourse.Studio.Commands;

var root = new RootCommand("FaceCourse: the lecture 'Face recognition' as C# notebooks.")
{
    RunCommand.Create(),
    DoctorCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
