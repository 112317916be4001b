using System.Globalization;
using System.Net;
using System.Text;
using FaceCourse.Convolutions;
using FaceCourse.Notebook.Rendering;

namespace FaceCourse.Notebook;

/// <summary>A chain of convolutions as the lecture draws it: a box for every shape, the filters between them, and the arithmetic below.</summary>
/// <param name="chain">The chain.</param>
public sealed class ConvolutionDiagram(ConvolutionChain chain) : Shown
{
    private const double Largest = 92;

    /// <summary>Reads an expression like the lecture's and draws it.</summary>
    /// <exception cref="ConvolutionException">It cannot be read, or a step is impossible; the message says why.</exception>
    public static ConvolutionDiagram Of(string expression) => new(ConvolutionChain.Parse(expression));

    /// <inheritdoc/>
    public override string AlternativeText => $"{chain}: {Big(chain.Parameters)} parameters, {Big(chain.Multiplications)} multiplications.";

    /// <inheritdoc/>
    public override string ToHtml()
    {
        var scale = Largest / chain.Steps.SelectMany(s => s.Input.Sides.Concat(s.Output.Sides)).Max();
        var svg = new StringBuilder();
        var x = 6.0;
        var shapes = chain.Steps.Select(s => s.Output).Prepend(chain.Input).ToArray();
        for (var i = 0; i < shapes.Length; i++)
        {
            var (width, text) = Box(svg, shapes[i], x, scale);
            Text(svg, x + (width / 2), 182, shapes[i].ToString(), 14, bold: true);
            Text(svg, x + (width / 2), 200, text, 11.5);
            x += width + 12;
            if (i == chain.Steps.Count) break;
            var layer = chain.Steps[i].Layer;
            const double arrow = 150;
            svg.Append(Number($"<path d='M{x} 92h{arrow - 14}m-8 -6l8 6l-8 6' fill='none' stroke='currentColor' stroke-width='1.6'/>"));
            Text(svg, x + (arrow / 2) - 6, 64, $"{layer.Filters} filter{(layer.Filters == 1 ? "" : "s")}", 13);
            Text(svg, x + (arrow / 2) - 6, 82, chain.Steps[i].Filter.ToString(), 13, bold: true);
            Text(svg, x + (arrow / 2) - 6, 114, $"stride {layer.Stride}, padding {layer.Padding}", 11.5);
            if (layer.Dilation != 1) Text(svg, x + (arrow / 2) - 6, 130, $"dilation {layer.Dilation}", 11.5);
            x += arrow + 4;
        }

        var rows = string.Concat(chain.Steps.Select((s, i) =>
            $"<tr><td>{i + 1}</td><td>{s.Input}</td><td>{s.Layer.Filters} × {s.Filter}</td><td>{s.Output}</td><td>{Big(s.Weights)} + {s.Layer.Filters} = {Big(s.Parameters)}</td><td>{Big(s.Multiplications)}</td><td>{WebUtility.HtmlEncode(s.Explanation).Replace("\n", "<br>", StringComparison.Ordinal)}</td></tr>"));
        return $"""
            <figure style="margin:0;font:14px/1.5 system-ui,sans-serif" role="group" aria-label="{WebUtility.HtmlEncode(AlternativeText)}">
            <div style="overflow-x:auto"><svg viewBox="0 0 {x.ToString("0", CultureInfo.InvariantCulture)} 208" style="width:{x.ToString("0", CultureInfo.InvariantCulture)}px;max-width:100%;min-width:{(x * 0.7).ToString("0", CultureInfo.InvariantCulture)}px" aria-hidden="true">{svg}</svg></div>
            <div style="overflow-x:auto"><table style="min-width:44rem"><thead><tr><th>step</th><th>input</th><th>filters</th><th>output</th><th>parameters (weights + biases)</th><th>multiplications</th><th>each side</th></tr></thead><tbody>{rows}</tbody></table></div>
            </figure>
            """;
    }

    // Height, width and depth of what is drawn: a row is flat, a picture is a slab as deep as its channels, a volume is a cube,
    // and its channels are copies behind it.
    private static (double Width, string Text) Box(StringBuilder svg, FeatureShape shape, double x, double scale)
    {
        var sides = shape.Sides.Select(s => Math.Max(5, s * scale)).ToArray();
        var channels = 4 + (7 * Math.Log2(shape.Channels));
        var (w, h, d, copies) = shape.Dimensions switch
        {
            1 => (sides[0], 12.0, channels, 1),
            2 => (sides[1], sides[0], channels, 1),
            _ => (sides[2], sides[1], sides[0] * 0.45, (int)Math.Min(3, shape.Channels)),
        };
        // Depth is drawn to the upper right.
        d *= 0.6;
        var shift = shape.Dimensions == 3 ? 6.0 : 0;
        var width = w + d + ((copies - 1) * shift);
        // The text below is at least this wide.
        var room = Math.Max(width, 96);
        x += (room - width) / 2;
        var top = 92 - ((h - d - ((copies - 1) * shift)) / 2);
        for (var c = copies - 1; c >= 0; c--)
        {
            var (left, y) = (x + (c * shift), top - (c * shift));
            svg.Append(Number($"<g fill='{Figure.Colours[5]}' fill-opacity='{(c == 0 ? 0.55 : 0.25)}' stroke='currentColor' stroke-opacity='.8'><path d='M{left} {y}h{w}v{h}h{-w}z'/><path d='M{left} {y}l{d} {-d}h{w}l{-d} {d}z'/><path d='M{left + w} {y}l{d} {-d}v{h}l{-d} {d}z'/></g>"));
        }

        var what = shape.Dimensions switch { 1 => "signal", 2 => "picture", _ => "volume" };
        return (room, shape.Channels == 1 ? $"a {what}" : $"{shape.Channels} channels");
    }

    private static void Text(StringBuilder svg, double x, double y, string text, double size, bool bold = false)
        => svg.Append(Number($"<text x='{x}' y='{y}' font-size='{size}'")).Append(bold ? " font-weight='600'" : "").Append(" text-anchor='middle' fill='currentColor'>").Append(WebUtility.HtmlEncode(text)).Append("</text>");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Big(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
