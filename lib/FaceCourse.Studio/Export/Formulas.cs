using System.Net;
using System.Text.RegularExpressions;

namespace FaceCourse.Studio.Export;

/// <summary>A formula of a page: its TeX, and whether it stands on a line of its own.</summary>
internal sealed record Formula(string Tex, bool Display);

/// <summary>Formulas ready for a page.</summary>
/// <param name="Markup">HTML for each, in order.</param>
/// <param name="Style">The style sheet that the markup needs, fonts inside; empty where it needs none.</param>
internal sealed record TypesetFormulas(IReadOnlyList<string> Markup, string Style);

/// <summary>Finds the formulas that Markdown left in a page and puts typeset ones in their place.</summary>
internal static partial class Formulas
{
    /// <summary>Replaces every <c>class="math"</c> element of <paramref name="html"/>.</summary>
    /// <param name="html">The page's body, as Markdig's mathematics extension writes it: <c>\(…\)</c> in a span, <c>\[…\]</c> in a div.</param>
    /// <param name="typeset">Gets all formulas at once.</param>
    /// <returns>The body, and the style sheet that its formulas need.</returns>
    public static (string Html, string Style) Typeset(string html, Func<IReadOnlyList<Formula>, TypesetFormulas> typeset)
    {
        var found = MathPattern().Matches(html).Select(m => new Formula(
            WebUtility.HtmlDecode(m.Groups["tex"].Value).Trim(), m.Groups["tag"].Value == "div")).ToList();
        if (found.Count == 0) return (html, "");

        var formulas = typeset(found);
        var markup = new Queue<string>(formulas.Markup);
        return (MathPattern().Replace(html, m => $"<{m.Groups["tag"].Value} class=\"math\">{markup.Dequeue()}</{m.Groups["tag"].Value}>"), formulas.Style);
    }

    [GeneratedRegex(@"<(?<tag>span|div) class=""math"">\s*(?:\\[\(\[])?(?<tex>.*?)(?:\\[\)\]])?\s*</\k<tag>>", RegexOptions.Singleline)]
    private static partial Regex MathPattern();
}
