using System.Diagnostics.CodeAnalysis;
using FaceCourse.Kernel.Display;
using FaceCourse.Kernel.Running;
using Microsoft.AspNetCore.Html;

namespace FaceCourse.Kernel;

/// <summary>What every cell may call without saying where it comes from.</summary>
/// <remarks>The names are .NET Interactive's, so that notebooks written for it run unchanged.</remarks>
[SuppressMessage("Style", "IDE1006", Justification = "The lower-case names are what notebooks call.")]
[SuppressMessage("Naming", "CA1708", Justification = "display(x) and x.Display() are both .NET Interactive's.")]
public static class CellHelpers
{
    /// <summary>Set when the cell is interrupted: pass it on to whatever takes long.</summary>
    public static CancellationToken CellToken => CellContext.Current?.Interrupted ?? CancellationToken.None;

    /// <summary>Shows a value below the cell.</summary>
    /// <param name="value">Any value; null is shown as such.</param>
    /// <param name="mimeTypes">The forms to show it in, such as <c>text/html</c>; none means the type's own preference.</param>
    /// <returns>What was shown, for <see cref="DisplayedValue.Update"/>.</returns>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static DisplayedValue display(object? value, params string[] mimeTypes)
    {
        ArgumentNullException.ThrowIfNull(mimeTypes);
        var output = CellContext.Required.Output;
        var id = Guid.NewGuid().ToString("N");
        output.Display(ValueFormatter.Format(value, mimeTypes), id);
        return new DisplayedValue(output, id, mimeTypes);
    }

    /// <summary>Shows a value below the cell, as a statement: <c>chart.Display();</c></summary>
    /// <inheritdoc cref="display"/>
    public static DisplayedValue Display<T>(this T value, params string[] mimeTypes) => display(value, mimeTypes);

    /// <summary>Text that is HTML: <c>HTML("&lt;b&gt;bold&lt;/b&gt;")</c> as a cell's last expression.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Runs JavaScript in the page that shows the notebook.</summary>
    public static void Javascript(string content) => display(HTML($"<script type=\"text/javascript\">{content}</script>"), "text/html");

    /// <summary>Asks for a line of text and waits for it.</summary>
    /// <exception cref="InputNotAllowedException">Nobody can answer where this notebook runs.</exception>
    public static string Input(string prompt = "") => CellContext.Required.Output.ReadLine(prompt, password: false);

    /// <summary>Asks for a line of text that is not shown while it is typed.</summary>
    /// <exception cref="InputNotAllowedException">Nobody can answer where this notebook runs.</exception>
    public static string Password(string prompt = "") => CellContext.Required.Output.ReadLine(prompt, password: true);

    /// <summary>Removes what this cell has shown so far.</summary>
    /// <param name="wait">Only when the next output comes, so that an animation does not flicker.</param>
    public static void ClearOutput(bool wait = false) => CellContext.Required.Output.Clear(wait);
}
