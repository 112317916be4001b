using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace FaceCourse.Notebook.Rendering;

/// <summary>plotly.js, as it lies in the Plotly.NET package: the same bytes for every host, no network needed.</summary>
public static class PlotlyLibrary
{
    private static readonly Lazy<string> Text = new(Read);
    private static readonly Lazy<string> Packed = new(Pack);

    /// <summary>The minified library, 3.6 MB of JavaScript that defines <c>window.Plotly</c>.</summary>
    public static string JavaScript => Text.Value;

    /// <summary>The library gzipped and in base64, 1.5 MB: small enough to travel inside one cell output.</summary>
    public static string GzipBase64 => Packed.Value;

    private static string Read()
    {
        // Only the resource is read. No type of Plotly.NET is touched, so its FSharp.Core need not load: in
        // .NET Interactive another version of that is already there.
        var assembly = Assembly.Load("Plotly.NET");
        var name = assembly.GetManifestResourceNames().Single(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Pack()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(JavaScript));
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
