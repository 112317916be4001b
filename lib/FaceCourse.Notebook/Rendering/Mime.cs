namespace FaceCourse.Notebook.Rendering;

/// <summary>The MIME types that course values render to.</summary>
public static class Mime
{
    /// <summary>A Plotly figure as JSON (<c>{data, layout, config, frames}</c>).</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>A self-contained HTML fragment.</summary>
    public const string Html = "text/html";

    /// <summary>Plain text: what a screen reader or a terminal gets.</summary>
    public const string Text = "text/plain";
}
