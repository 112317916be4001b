using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;

namespace FaceCourse.Kernel.Display;

/// <summary>Turns values into MIME bundles with the formatters of Microsoft.DotNet.Interactive.Formatting.</summary>
/// <remarks>A type renders itself by carrying an attribute named <c>TypeFormatterSourceAttribute</c>; all its preferred MIME
/// types go into the bundle, so that each host can take the richest one it knows.</remarks>
internal static class ValueFormatter
{
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">In which forms; empty means the type's preferred ones, and plain text.</param>
    public static MimeBundle Format(object? value, params IReadOnlyList<string> mimeTypes)
    {
        if (value is MimeBundle bundle) return bundle;

        var type = value?.GetType() ?? typeof(object);
        var wanted = mimeTypes.Count > 0 ? mimeTypes : [.. Formatter.GetPreferredMimeTypesFor(type), PlainTextFormatter.MimeType];
        var data = new JsonObject();
        foreach (var mimeType in wanted.Distinct(StringComparer.Ordinal))
        {
            // A string shown as some MIME type is that type's text: base64 of a picture, an SVG, a formula.
            if (value is string text && mimeTypes.Count > 0)
            {
                data[mimeType] = MimeBundle.Node(mimeType, text);
                continue;
            }

            data[mimeType] = MimeBundle.Node(mimeType, value.ToDisplayString(mimeType));
        }

        return new MimeBundle(data, []);
    }
}
