using FaceCourse.Kernel;
using FaceCourse.TestSupport;
using Xunit;

namespace FaceCourse.Studio.Tests.Notebooks;

/// <summary>The notebooks in somebody else's hands: Jupyter's own program runs them with the installed kernel.</summary>
public sealed class ForeignClientTests
{
    /// <summary>The notebook that is run in every run of the tests.</summary>
    private const string Sample = "05-face-verification";

    public static TheoryData<string> Notebooks => CourseNotebooks.Rows();

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task A_foreign_client_runs_it_with_the_installed_kernel(string name)
    {
        Assert.SkipUnless(name == Sample || Environment.GetEnvironmentVariable("FACECOURSE_SLOW_TESTS") == "1",
            "Runs the notebook a second time, in minutes for all of them: set FACECOURSE_SLOW_TESTS=1.");
        Python.Skip("nbconvert", "jupyter_client");
        CourseNotebooks.SkipWithoutWeights();
        using var jupyter = new JupyterFolder();
        await jupyter.InstallAsync();
        var executed = await jupyter.NbconvertAsync(name);

        Assert.All(NotebookDocument.Load(executed).Cells.Where(c => c.IsCode), c => Assert.DoesNotContain(c.Outputs, o => o!["output_type"]!.GetValue<string>() == "error"));
    }
}
