using System.Net;
using System.Text.Json;
using FaceCourse.Notebook.Rendering;

namespace FaceCourse.Notebook;

/// <summary>A small interactive page inside a cell's output: HTML, data and a script, with no kernel and no network behind it.</summary>
/// <param name="body">HTML inside the widget's root element. Its styles should be inline or scoped to <c>#ID</c>; the text <c>#ID</c> stands for the root's id.</param>
/// <param name="data">What the script gets as <c>data</c>; tensors and arrays become lists.</param>
/// <param name="script">JavaScript; sees <c>root</c> (the element) and <c>data</c>.</param>
/// <param name="alternativeText">What the widget is for, in words.</param>
public sealed class Widget(string body, object data, string script, string alternativeText) : Shown
{
    /// <inheritdoc/>
    public override string AlternativeText { get; } = alternativeText;

    /// <inheritdoc/>
    public override string ToHtml()
    {
        var id = $"widget-{Guid.NewGuid():N}";
        var json = JsonSerializer.Serialize(data, PlotlyJson.Options).Replace("<", "\\u003c", StringComparison.Ordinal);
        return $$"""
            <div id="{{id}}" role="group" aria-label="{{WebUtility.HtmlEncode(AlternativeText)}}" style="font:14px/1.45 system-ui,sans-serif">{{body.Replace("#ID", "#" + id, StringComparison.Ordinal)}}</div>
            <script type="text/javascript">
            (function () {
              var root = document.getElementById("{{id}}"), data = {{json}};
              {{script}}
            })();
            </script>
            """;
    }
}
