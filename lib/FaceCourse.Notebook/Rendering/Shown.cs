namespace FaceCourse.Notebook.Rendering;

/// <summary>A value that renders itself in a notebook cell: a chart, a grid of pictures, a card, a widget.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource), PreferredMimeTypes = [Mime.Html])]
public abstract class Shown
{
    /// <summary>What the picture says, in words: alternative text for those who do not see it.</summary>
    public abstract string AlternativeText { get; }

    /// <summary>A self-contained HTML fragment that needs no network and no running kernel.</summary>
    public abstract string ToHtml();

    /// <summary>The value as <paramref name="mimeType"/>, or null when it has no such form.</summary>
    public virtual string? As(string mimeType) => mimeType switch
    {
        Mime.Html => ToHtml(),
        Mime.Text => AlternativeText,
        _ => null,
    };

    /// <inheritdoc/>
    public sealed override string ToString() => AlternativeText;
}
