using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FaceCourse.Notebook.Rendering;
using Markdig;

namespace FaceCourse.Studio.Export;

/// <summary>Turns an executed notebook into one HTML file that needs no network: pictures, charts, formulas and plotly.js inside.</summary>
internal static partial class NotebookPage
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    /// <summary>Writes the page.</summary>
    /// <param name="notebook">The notebook as nbformat 4 JSON, outputs included.</param>
    /// <param name="file">Where to write; replaced whole.</param>
    /// <param name="name">The notebook's file name, the title if it has no heading.</param>
    /// <param name="typeset">Typesets formulas; see <see cref="Formulas"/>.</param>
    public static void Write(JsonObject notebook, string file, string name, Func<IReadOnlyList<Formula>, TypesetFormulas> typeset)
    {
        var body = new StringBuilder();
        var charts = 0;
        string? title = null;
        foreach (var cell in notebook["cells"]!.AsArray().OfType<JsonObject>())
        {
            var source = Text(cell["source"]);
            switch (cell["cell_type"]?.GetValue<string>())
            {
                case "markdown":
                    title ??= HeadingPattern().Match(source) is { Success: true } heading ? heading.Groups[1].Value.Trim() : null;
                    body.Append("<section class=\"cell markdown\">").Append(Markdig.Markdown.ToHtml(source, Markdown)).AppendLine("</section>");
                    break;
                case "code" when source.Length > 0:
                    body.Append("<section class=\"cell code\"><pre class=\"source\" tabindex=\"0\"><code>").Append(CSharpColours.ToHtml(source)).AppendLine("</code></pre>");
                    foreach (var output in (cell["outputs"] as JsonArray ?? []).OfType<JsonObject>()) charts += Output(body, output);
                    body.AppendLine("</section>");
                    break;
            }
        }

        var (html, formulaStyle) = Formulas.Typeset(body.ToString(), typeset);
        var page = Page(html, title ?? name, formulaStyle, charts > 0);
        var part = file + ".part";
        File.WriteAllText(part, page);
        File.Move(part, file, overwrite: true);
    }

    private static int Output(StringBuilder body, JsonObject output)
    {
        switch (output["output_type"]?.GetValue<string>())
        {
            case "stream":
                body.Append($"<pre class=\"stream {(output["name"]?.GetValue<string>() == "stderr" ? "stderr" : "")}\">{Plain(Text(output["text"]))}</pre>");
                return 0;
            case "error":
                var traceback = string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(t => t!.GetValue<string>()));
                if (traceback.Length == 0) traceback = $"{output["ename"]}: {output["evalue"]}";
                body.Append($"<pre class=\"stream error\" role=\"alert\">{Plain(traceback)}</pre>");
                return 0;
            case "display_data" or "execute_result" when output["data"] is JsonObject data:
                body.Append("<div class=\"output\">");
                var chart = Bundle(body, data);
                body.AppendLine("</div>");
                return chart;
            default:
                return 0;
        }
    }

    // The richest form that a plain page can show.
    private static int Bundle(StringBuilder body, JsonObject data)
    {
        if (data[Mime.Plotly] is JsonObject figure)
        {
            var label = data[Mime.Text] is { } text ? Text(text) : "A chart.";
            var height = figure["layout"]?["height"]?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? figure["layout"]!["height"]!.GetValue<double>() : 420;
            body.Append($"<div class=\"course-chart\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\" style=\"min-height:{height:0}px\"><script type=\"application/json\">")
                .Append(figure.ToJsonString().Replace("<", "\\u003c", StringComparison.Ordinal)).Append("</script></div>");
            return 1;
        }

        if (data[Mime.Html] is { } html) body.Append(Text(html));
        else if (data["image/svg+xml"] is { } svg) body.Append(Text(svg));
        else if (ImageTypes.FirstOrDefault(data.ContainsKey) is { } type)
            body.Append($"<img alt=\"{WebUtility.HtmlEncode(data[Mime.Text] is { } alt ? Text(alt) : "picture")}\" src=\"data:{type};base64,{Text(data[type]).ReplaceLineEndings("")}\">");
        else if (data["text/markdown"] is { } markdown) body.Append(Markdig.Markdown.ToHtml(Text(markdown), Markdown));
        else if (data["text/latex"] is { } latex) body.Append($"<div class=\"math\">{WebUtility.HtmlEncode(Text(latex))}</div>");
        else if (data[Mime.Text] is { } plain) body.Append($"<pre class=\"stream\">{Plain(Text(plain))}</pre>");
        else if (data["application/json"] is { } json) body.Append($"<pre class=\"stream\">{Plain(json.ToJsonString())}</pre>");
        return 0;
    }

    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];

    // nbformat allows a text to be one string or a list of lines.
    private static string Text(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(l => l?.GetValue<string>())),
        JsonValue value => value.GetValue<string>(),
        _ => "",
    };

    private static string Plain(string text) => WebUtility.HtmlEncode(AnsiPattern().Replace(text, ""));

    private static string Page(string body, string title, string formulaStyle, bool charts) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <link rel="icon" href="data:,">
        <style>{{formulaStyle}}{{StudioFiles.Text("page.css")}}</style>
        </head>
        <body>
        <main>
        {{body}}
        </main>
        {{(charts ? $"<script type=\"text/plain\" id=\"plotly-gzip\">{PlotlyLibrary.GzipBase64}</script>\n<script>{StudioFiles.Text("plots.js")}</script>" : "")}}
        </body>
        </html>
        """;

    [GeneratedRegex(@"^#\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex AnsiPattern();
}
