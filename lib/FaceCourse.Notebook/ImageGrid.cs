using System.Net;
using System.Text;
using FaceCourse.Notebook.Rendering;

namespace FaceCourse.Notebook;

/// <summary>One picture of an <see cref="ImageGrid"/>.</summary>
/// <param name="DataUri">The picture itself, as a <c>data:image/…;base64,</c> address.</param>
/// <param name="Caption">The line under it; may be empty.</param>
/// <param name="AlternativeText">What it shows, in words; the caption when null.</param>
/// <param name="Frame">A CSS colour for a frame around it, or null for none.</param>
public sealed record Tile(string DataUri, string Caption = "", string? AlternativeText = null, string? Frame = null);

/// <summary>Pictures in rows, each with a caption, wrapping to the page's width.</summary>
/// <param name="tiles">The pictures.</param>
/// <param name="width">The width of each in CSS pixels.</param>
/// <param name="title">A heading above them, or null.</param>
/// <param name="pixelated">True shows small pictures in hard squares instead of smoothing them.</param>
public sealed class ImageGrid(IReadOnlyList<Tile> tiles, int width = 150, string? title = null, bool pixelated = false) : Shown
{
    /// <inheritdoc/>
    public override string AlternativeText =>
        $"{title ?? "Pictures"}: {string.Join("; ", tiles.Select(t => t.AlternativeText ?? t.Caption).Where(t => t.Length > 0))}";

    /// <inheritdoc/>
    public override string ToHtml()
    {
        var html = new StringBuilder("<figure style=\"margin:0\">");
        if (title is not null) html.Append($"<figcaption style=\"font-weight:600;margin:0 0 .5em\">{WebUtility.HtmlEncode(title)}</figcaption>");
        html.Append("<div style=\"display:flex;flex-wrap:wrap;gap:12px;padding:4px\">");
        foreach (var tile in tiles)
        {
            // The hairline keeps a white picture on a white page, and a black one on a dark page, from vanishing.
            var frame = tile.Frame is null ? "outline:1px solid rgba(128,128,128,.45);" : $"outline:4px solid {tile.Frame};";
            html.Append($"<figure style=\"margin:0;width:{width}px;font:13px/1.35 system-ui,sans-serif\">")
                .Append($"<img src=\"{WebUtility.HtmlEncode(tile.DataUri)}\" alt=\"{WebUtility.HtmlEncode(tile.AlternativeText ?? tile.Caption)}\" ")
                .Append($"style=\"display:block;width:100%;{frame}border-radius:4px{(pixelated ? ";image-rendering:pixelated" : "")}\">");
            if (tile.Caption.Length > 0) html.Append($"<figcaption style=\"padding:.35em 0\">{WebUtility.HtmlEncode(tile.Caption)}</figcaption>");
            html.Append("</figure>");
        }

        return html.Append("</div></figure>").ToString();
    }
}
