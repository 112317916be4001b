using System.Net;
using System.Text;
using FaceCourse.Kernel.Display;

namespace FaceCourse.Kernel.Magics;

/// <summary>What the commands that only show something show.</summary>
internal static class MagicCommands
{
    private const int MostValueCharacters = 100;

    public static MimeBundle Shown(CellPart part) => part.Kind switch
    {
        "html" => MimeBundle.Of("text/html", part.Text),
        "javascript" => MimeBundle.Of("text/html", $"<script type=\"text/javascript\">{part.Text}</script>"),
        "markdown" => MimeBundle.Of("text/markdown", part.Text),
        "lsmagic" => MimeBundle.Of("text/plain", string.Join('\n', CellPart.Commands.Select(c => $"{c.Key,-14}{c.Value}"))),
        "about" => MimeBundle.Of("text/plain", KernelBanner.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part.Kind, "not a command that shows something"),
    };

    public static MimeBundle Who(IEnumerable<(string Name, Type Type, object? Value)> variables) =>
        MimeBundle.Of("text/plain", string.Join("\t", variables.Select(v => v.Name)));

    public static MimeBundle Whos(IEnumerable<(string Name, Type Type, object? Value)> variables)
    {
        var plain = new StringBuilder();
        var html = new StringBuilder("<table><thead><tr><th>Variable</th><th>Type</th><th>Value</th></tr></thead><tbody>");
        foreach (var (name, type, value) in variables)
        {
            var shown = Short(value);
            var typeName = TypeName(type);
            plain.AppendLine($"{name}\t{typeName}\t{shown}");
            html.Append($"<tr><td>{name}</td><td>{WebUtility.HtmlEncode(typeName)}</td><td>{WebUtility.HtmlEncode(shown)}</td></tr>");
        }

        var bundle = MimeBundle.Of("text/html", html.Append("</tbody></table>").ToString());
        bundle.Data["text/plain"] = plain.ToString();
        return bundle;
    }

    /// <summary>A value in one short line.</summary>
    public static string Short(object? value)
    {
        var text = ((string?)ValueFormatter.Format(value, "text/plain").Data["text/plain"] ?? "").ReplaceLineEndings(" ").Trim();
        return text.Length <= MostValueCharacters ? text : text[..MostValueCharacters] + "…";
    }

    /// <summary>A type as one writes it: <c>List&lt;Int32&gt;</c>.</summary>
    public static string TypeName(Type type) => !type.IsGenericType
        ? type.Name
        : $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
}

/// <summary>What the kernel says it is.</summary>
internal static class KernelBanner
{
    public static string Text { get; } =
        $"C# notebook kernel {typeof(KernelBanner).Assembly.GetName().Version?.ToString(3)} on .NET {Environment.Version}. " +
        "#!lsmagic lists commands, Tab completes, Shift+Tab shows documentation.";
}
