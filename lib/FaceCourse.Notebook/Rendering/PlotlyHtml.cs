using System.Net;

namespace FaceCourse.Notebook.Rendering;

/// <summary>Draws a Plotly figure from a plain HTML fragment, in hosts that do not know Plotly's MIME type.</summary>
public static class PlotlyHtml
{
    private static int _carried;

    /// <summary>
    /// True (the default): the first fragment of a notebook carries plotly.js, so that a saved notebook draws without a
    /// network; later ones wait for it. A host that provides <c>window.Plotly</c> itself sets it to false.
    /// </summary>
    public static bool CarryLibrary { get; set; } = true;

    /// <summary>Tells that another notebook begins: its first chart carries the library again.</summary>
    public static void BeginNotebook() => Volatile.Write(ref _carried, 0);

    /// <summary>The fragment: a labelled box, the figure's JSON and the script that draws it.</summary>
    /// <param name="figureJson">The figure; must not contain a raw <c>&lt;</c> (System.Text.Json escapes it).</param>
    /// <param name="alternativeText">The label that assistive technology reads.</param>
    /// <param name="height">The box's height in CSS pixels.</param>
    public static string Fragment(string figureJson, string alternativeText, double height)
    {
        var id = $"plot-{Guid.NewGuid():N}";
        var library = CarryLibrary && Interlocked.Exchange(ref _carried, 1) == 0 ? $"\"{PlotlyLibrary.GzipBase64}\"" : "null";
        return $$"""
            <div id="{{id}}" role="img" aria-label="{{WebUtility.HtmlEncode(alternativeText)}}" style="width:100%;min-height:{{height:0}}px"></div>
            <script type="text/javascript">
            (function () {
              var packed = {{library}}, figure = {{figureJson.Replace("<", "\\u003c", StringComparison.Ordinal)}}, box = document.getElementById("{{id}}");
              // Notebook pages define AMD's define(); plotly.js would register there and leave no window.Plotly.
              function run(code) { var d = window.define; window.define = undefined; try { (0, eval)(code); } finally { window.define = d; } }
              function unpack(text) {
                var bytes = Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); });
                return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
              }
              function draw() { window.Plotly.newPlot(box, figure).then(function () { box.setAttribute("data-drawn", "true"); }); }
              function wait(left) {
                if (window.Plotly) return draw();
                if (left > 0) return setTimeout(function () { wait(left - 1); }, 100);
                box.textContent = "This chart needs plotly.js, which the first chart of the notebook carries: run the notebook from its first cell.";
              }
              if (packed && !window.Plotly) unpack(packed).then(run).then(draw, function () { wait(0); }); else wait(300);
            })();
            </script>
            """;
    }
}
