using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FaceCourse.Studio.Export;

/// <summary>Colours C# for a page: keywords, strings, numbers and comments, by Roslyn's own tokens.</summary>
internal static class CSharpColours
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <summary>HTML for the code: escaped, with <c>span</c>s of class <c>k</c> (keyword), <c>s</c> (string), <c>n</c> (number) and <c>c</c> (comment).</summary>
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        foreach (var token in SyntaxFactory.ParseSyntaxTree(code, Script).GetRoot().DescendantTokens(descendIntoTrivia: false))
        {
            Trivia(html, token.LeadingTrivia);
            Span(html, Kind(token), token.Text);
            Trivia(html, token.TrailingTrivia);
        }

        return html.ToString();
    }

    private static void Trivia(StringBuilder html, SyntaxTriviaList list)
    {
        foreach (var trivia in list)
        {
            var text = trivia.ToFullString();
            Span(html, trivia.IsDirective ? "k" : text.StartsWith("//", StringComparison.Ordinal) || text.StartsWith("/*", StringComparison.Ordinal) ? "c" : null, text);
        }
    }

    private static string? Kind(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringEndToken => "s",
        SyntaxKind.NumericLiteralToken => "n",
        _ when token.IsKeyword() || token.IsContextualKeyword() || token.Text == "var" => "k",
        _ => null,
    };

    private static void Span(StringBuilder html, string? kind, string text)
    {
        var encoded = WebUtility.HtmlEncode(text);
        html.Append(kind is null || encoded.Length == 0 ? encoded : $"<span class=\"{kind}\">{encoded}</span>");
    }
}
