using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Notebook.Rendering;

namespace FaceCourse.Notebook;

/// <summary>A Plotly figure: traces and a layout in plotly.js's own terms, drawn by whatever host shows the cell.</summary>
/// <example><code>Figure.Of([new { type = "histogram", x = distances }], new { title = "Distances" }, "Histogram of …")</code></example>
/// <remarks>
/// It is JSON, not a Plotly.NET object, because it has to draw in hosts where Plotly.NET's FSharp.Core cannot load. A
/// Plotly.NET chart becomes one through its JSON (<see cref="FromJson"/>); the course's own kernel shows such charts as they are.
/// Tensors, arrays and 2-D arrays may stand wherever plotly.js wants numbers.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource), PreferredMimeTypes = [Mime.Plotly, Mime.Html])]
public sealed class Figure : Shown
{
    /// <summary>Okabe and Ito's eight colours, told apart by colour-blind eyes too; the order traces are coloured in.</summary>
    public static IReadOnlyList<string> Colours { get; } =
        ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C7A00", "#7F7F7F"];

    private static readonly object Config = new { responsive = true, displaylogo = false };

    private readonly JsonObject _figure;

    private Figure(JsonObject figure, string alternativeText)
    {
        _figure = figure;
        AlternativeText = alternativeText;
    }

    /// <inheritdoc/>
    public override string AlternativeText { get; }

    /// <summary>Makes a figure.</summary>
    /// <param name="traces">plotly.js traces, as anonymous objects: <c>new { type = "scatter", x, y }</c>.</param>
    /// <param name="layout">plotly.js layout; what it leaves out (colours, margins, fonts) is the course's own.</param>
    /// <param name="alternativeText">What the chart shows, in one or two sentences.</param>
    /// <param name="frames">plotly.js animation frames.</param>
    public static Figure Of(IEnumerable<object> traces, object? layout = null, string alternativeText = "A chart.", IEnumerable<object>? frames = null)
    {
        var figure = new JsonObject
        {
            ["data"] = JsonSerializer.SerializeToNode(traces, PlotlyJson.Options),
            ["layout"] = WithDefaults(JsonSerializer.SerializeToNode(layout ?? new { }, PlotlyJson.Options)!.AsObject()),
            ["config"] = JsonSerializer.SerializeToNode(Config),
        };
        if (frames is not null) figure["frames"] = JsonSerializer.SerializeToNode(frames, PlotlyJson.Options);
        return new Figure(figure, alternativeText);
    }

    /// <summary>Takes a figure that is already JSON, such as a Plotly.NET chart's.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static Figure FromJson(string json, string alternativeText = "A chart.")
    {
        var figure = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("a Plotly figure is a JSON object with data and layout");
        var layout = figure["layout"]?.DeepClone() as JsonObject ?? [];
        // A fixed width would not follow the page.
        layout.Remove("width");
        figure["layout"] = WithDefaults(layout);
        figure["config"] = JsonSerializer.SerializeToNode(Config);
        return new Figure(figure, alternativeText);
    }

    /// <summary>The figure as plotly.js takes it: <c>{"data":[…],"layout":{…},"config":{…}}</c>.</summary>
    public string ToJson() => _figure.ToJsonString();

    /// <inheritdoc/>
    public override string? As(string mimeType) => mimeType == Mime.Plotly ? ToJson() : base.As(mimeType);

    /// <inheritdoc/>
    public override string ToHtml() => PlotlyHtml.Fragment(ToJson(), AlternativeText, _figure["layout"]!["height"]!.GetValue<double>());

    private static JsonObject WithDefaults(JsonObject layout)
    {
        // Backgrounds are transparent and the text mid-grey (contrast 4.5 on white and on near-black),
        // so one figure reads in light and in dark.
        var defaults = (JsonObject)JsonSerializer.SerializeToNode(new
        {
            height = 420.0,
            paper_bgcolor = "rgba(0,0,0,0)",
            plot_bgcolor = "rgba(0,0,0,0)",
            colorway = Colours,
            font = new { color = "#767676", size = 13, family = "system-ui, sans-serif" },
            margin = new { l = 60, r = 20, t = layout.ContainsKey("title") ? 56 : 20, b = 50 },
            hovermode = "closest",
            modebar = new { bgcolor = "rgba(0,0,0,0)", color = "#767676" },
        })!;
        if (layout["title"] is JsonValue title) layout["title"] = new JsonObject { ["text"] = title.DeepClone() };
        foreach (var (key, value) in defaults)
        {
            if (!layout.ContainsKey(key)) layout[key] = value!.DeepClone();
        }

        foreach (var axis in layout.Where(p => p.Key.StartsWith("xaxis", StringComparison.Ordinal) || p.Key.StartsWith("yaxis", StringComparison.Ordinal)).Select(p => p.Value).OfType<JsonObject>())
        {
            if (axis["title"] is JsonValue text) axis["title"] = new JsonObject { ["text"] = text.DeepClone() };
        }

        foreach (var name in new[] { "xaxis", "yaxis" })
        {
            if (layout[name] is not JsonObject axis) layout[name] = axis = [];
            axis.TryAdd("gridcolor", "rgba(128,128,128,0.25)");
            axis.TryAdd("zerolinecolor", "rgba(128,128,128,0.5)");
            axis.TryAdd("automargin", true);
        }

        return layout;
    }
}
