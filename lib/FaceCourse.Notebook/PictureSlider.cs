using System.Net;

namespace FaceCourse.Notebook;

/// <summary>One place with many pictures, and a slider to go through them: steps of a painting, layers, weights.</summary>
public static class PictureSlider
{
    /// <summary>Makes one; it works by mouse and keyboard, without a kernel and without a network.</summary>
    /// <param name="pictures">The pictures in order; the caption of each is read out when it is chosen.</param>
    /// <param name="label">What the slider chooses, such as "step" or "layer".</param>
    /// <param name="first">Which picture is shown at first; negative counts from the end.</param>
    /// <param name="width">The width of the picture in CSS pixels.</param>
    /// <exception cref="ArgumentException">There is no picture.</exception>
    public static Widget Of(IReadOnlyList<Tile> pictures, string label, int first = 0, int width = 320)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0) throw new ArgumentException("There is no picture to show: give at least one.", nameof(pictures));
        var at = Math.Clamp(first < 0 ? pictures.Count + first : first, 0, pictures.Count - 1);
        var start = pictures[at];
        return new Widget(
            $"""
            <img src="{WebUtility.HtmlEncode(start.DataUri)}" alt="{WebUtility.HtmlEncode(start.AlternativeText ?? start.Caption)}" style="display:block;width:{width}px;max-width:100%;border-radius:4px">
            <label style="display:flex;gap:.7em;align-items:center;margin:.5em 0;max-width:{Math.Max(width, 320)}px">{WebUtility.HtmlEncode(label)} <input type="range" min="0" max="{pictures.Count - 1}" value="{at}" style="flex:1" aria-valuetext="{WebUtility.HtmlEncode(start.Caption)}"></label>
            <output aria-live="polite">{WebUtility.HtmlEncode(start.Caption)}</output>
            """,
            new { pictures = pictures.Select(p => new { src = p.DataUri, caption = p.Caption, alt = p.AlternativeText ?? p.Caption }) },
            """
            var img = root.querySelector("img"), input = root.querySelector("input"), out = root.querySelector("output");
            input.addEventListener("input", function () {
              var p = data.pictures[+input.value];
              img.src = p.src; img.alt = p.alt; out.textContent = p.caption; input.setAttribute("aria-valuetext", p.caption);
            });
            """,
            $"Slider for the {label}, with {pictures.Count} pictures from \"{pictures[0].Caption}\" to \"{pictures[^1].Caption}\".");
    }
}
