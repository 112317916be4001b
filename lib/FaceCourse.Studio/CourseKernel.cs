using System.Net;
using FaceCourse.Assets;
using FaceCourse.Kernel;
using FaceCourse.Notebook.Rendering;
using FaceCourse.Tensors;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using TorchSharp;

namespace FaceCourse.Studio;

/// <summary>What the course gives the general C# kernel: its libraries, its imports, and how their values are shown.</summary>
internal static class CourseKernel
{
    private static readonly string[] Imports =
    [
        "FaceCourse.Activations", "FaceCourse.Assets", "FaceCourse.ConvNets", "FaceCourse.Convolutions", "FaceCourse.Faces", "FaceCourse.Images",
        "FaceCourse.Notebook", "FaceCourse.Quiz", "FaceCourse.Similarity", "FaceCourse.Style", "FaceCourse.Tensors",
        "Plotly.NET.CSharp", "TorchSharp", "static TorchSharp.torch",
    ];

    /// <summary>Options for a session that works in <paramref name="folder"/>, the notebook's.</summary>
    public static KernelOptions Options(string folder) => new()
    {
        References = [typeof(TorchRuntime).Assembly, typeof(Notebook.Figure).Assembly, typeof(torch).Assembly, typeof(GenericChart).Assembly, typeof(global::Plotly.NET.CSharp.Chart).Assembly, typeof(SkiaSharp.SKBitmap).Assembly],
        Imports = Imports,
        WorkingDirectory = folder,
        PackageCache = CacheFolder.Ensure("packages"),
        Starting = Start,
    };

    private static void Start()
    {
        // Referring to the type hooks FaceCourse's loader in before a cell's first tensor asks for libtorch.
        TorchRuntime.Prepare();

        // An interrupted cell stops what it called at its next step; code that could not be stopped would cost all variables.
        LongWork.Interrupted = () => CellHelpers.CellToken;

        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), Mime.Plotly, Mime.Html);
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(ToFigure(chart).ToJson()), Mime.Plotly);
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(ToFigure(chart).ToHtml()), Mime.Html);
        Formatter.Register<GenericChart>((_, writer) => writer.Write("A chart."), Mime.Text);

        // A tensor's properties say nothing; its shape and numbers do.
        Formatter.SetPreferredMimeTypesFor(typeof(torch.Tensor), Mime.Html);
        Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write(Describe(tensor)), Mime.Text);
        Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write($"<pre>{WebUtility.HtmlEncode(Describe(tensor))}</pre>"), Mime.Html);
    }

    private static Notebook.Figure ToFigure(GenericChart chart) => Notebook.Figure.FromJson(GenericChart.toFigureJson(chart));

    private static string Describe(torch.Tensor tensor) => tensor.IsInvalid ? "a disposed tensor" : tensor.ToString(TensorStringStyle.Numpy);
}
