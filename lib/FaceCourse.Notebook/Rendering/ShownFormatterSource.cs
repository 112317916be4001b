using System.Diagnostics.CodeAnalysis;

namespace FaceCourse.Notebook.Rendering;

/// <summary>The formatters of every <see cref="Shown"/> type, found by hosts through <see cref="TypeFormatterSourceAttribute"/>.</summary>
public sealed class ShownFormatterSource
{
    /// <summary>One formatter per MIME type; hosts call <c>Format(object, TextWriter)</c> on each.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Hosts create an instance and call this by name.")]
    public IEnumerable<object> CreateTypeFormatters() =>
        [new MimeFormatter(Mime.Plotly), new MimeFormatter(Mime.Html), new MimeFormatter(Mime.Text)];

    /// <summary>Renders a <see cref="Shown"/> value as one MIME type.</summary>
    public sealed class MimeFormatter(string mimeType)
    {
        /// <summary>The MIME type that <see cref="Format"/> writes.</summary>
        public string MimeType { get; } = mimeType;

        /// <summary>Writes the value if it has this MIME type.</summary>
        /// <returns>False when it has not; the host then tries its own formatters.</returns>
        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not Shown shown || shown.As(MimeType) is not { } text) return false;
            writer.Write(text);
            return true;
        }
    }
}
