using System.Text.Json.Nodes;
using FaceCourse.Kernel.Magics;
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

        // A string shown as some MIME type is that type's text: base64 of a picture, an SVG, a formula.
        if (value is string text && mimeTypes.Count > 0)
            return new MimeBundle(new JsonObject(mimeTypes.Distinct(StringComparer.Ordinal).Select(m => KeyValuePair.Create(m, MimeBundle.Node(m, text)))), []);

        // `Math.Sqrt` without its parentheses: what it is, not the thousand members of the objects that describe it.
        if (value is Delegate function) value = Signature(function);

        // Html and text each walk through a sequence; a query that encodes photos would encode them twice.
        using var once = Sequence.Of(value);
        value = once?.View ?? value;

        var wanted = mimeTypes.Count > 0 ? mimeTypes : [.. Formatter.GetPreferredMimeTypesFor(value?.GetType() ?? typeof(object)), PlainTextFormatter.MimeType];
        return new MimeBundle(new JsonObject(wanted.Distinct(StringComparer.Ordinal).Select(m => KeyValuePair.Create(m, MimeBundle.Node(m, value.ToDisplayString(m))))), []);
    }

    private static string Signature(Delegate function)
    {
        var method = function.Method;
        var name = method.Name.StartsWith('<') ? "" : $" {method.Name}";
        var parameters = string.Join(", ", method.GetParameters().Select(p => $"{MagicCommands.TypeName(p.ParameterType)} {p.Name}"));
        return $"{MagicCommands.TypeName(function.GetType())}{name}: ({parameters}) => {MagicCommands.TypeName(method.ReturnType)}";
    }
}
