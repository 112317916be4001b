using System.Net;
using System.Text.RegularExpressions;

namespace FaceCourse.Studio.Export;

/// <summary>A formula of a page: its TeX, and whether it stands on a line of its own.</summary>
internal sealed record Formula(string Tex, bool Display);

/// <summary>Finds the formulas that Markdown left in a page and puts typeset ones in their place.</summary>
internal static partial class Formulas
{
    /// <summary>Replaces every <c>class="math"</c> element of <paramref name="html"/>.</summary>
    /// <param name="html">The page's body, as Markdig's mathematics extension writes it: <c>\(…\)</c> in a span, <c>\[…\]</c> in a div.</param>
    /// <param name="typeset">Gets all formulas at once and returns markup for each, in order.</param>
    public static string Typeset(string html, Func<IReadOnlyList<Formula>, IReadOnlyList<string>> typeset)
    {
        var found = MathPattern().Matches(html).Select(m => new Formula(
            WebUtility.HtmlDecode(m.Groups["tex"].Value).Trim(), m.Groups["tag"].Value == "div")).ToList();
        if (found.Count == 0) return html;

        var markup = new Queue<string>(typeset(found));
        return MathPattern().Replace(html, m => $"<{m.Groups["tag"].Value} class=\"math\">{markup.Dequeue()}</{m.Groups["tag"].Value}>");
    }

    [GeneratedRegex(@"<(?<tag>span|div) class=""math"">\s*(?:\\[\(\[])?(?<tex>.*?)(?:\\[\)\]])?\s*</\k<tag>>", RegexOptions.Singleline)]
    private static partial Regex MathPattern();
}
