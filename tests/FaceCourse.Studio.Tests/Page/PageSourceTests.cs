using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace FaceCourse.Studio.Tests.Page;

/// <summary>The page's sources, before any browser sees them.</summary>
public sealed partial class PageSourceTests
{
    private static string Folder => Path.Combine(ServedCourse.Repository, "lib", "FaceCourse.Studio", "page");

    [Fact]
    public async Task The_TypeScript_has_no_type_errors()
    {
        var compiler = Path.Combine(Folder, "node_modules", "typescript", "bin", "tsc");
        Assert.SkipUnless(File.Exists(compiler), "The page's npm packages are not here (-p:BuildPage=false).");
        using var process = Process.Start(new ProcessStartInfo("node", [compiler, "--noEmit", "-p", Folder]) { RedirectStandardOutput = true })!;
        var printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, printed);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Every_text_colour_has_enough_contrast_on_the_grounds_it_stands_on(string theme)
    {
        var tokens = File.ReadAllText(Path.Combine(Folder, "src", "styles", "tokens.css"));
        var block = Regex.Match(tokens, $$"""data-theme="{{theme}}"\] \{(.*?)\n\}""", RegexOptions.Singleline).Groups[1].Value;
        var colours = Colour().Matches(block).ToDictionary(m => m.Groups[1].Value, m => Convert.ToInt32(m.Groups[2].Value, 16));

        foreach (var (ink, grounds) in new (string, string[])[]
        {
            ("ink", ["paper", "desk", "card", "code", "accent-ground", "good-ground", "warn-ground", "bad-ground"]),
            ("ink-soft", ["paper", "desk", "card"]),
            ("accent", ["paper", "desk", "card", "accent-ground"]),
            ("on-accent", ["accent"]),
            ("good", ["paper"]),
            ("bad", ["paper", "card"]),
            ("keyword", ["code", "card"]), ("string", ["code", "card"]), ("number", ["code", "card"]), ("comment", ["code", "card"]), ("type", ["code", "card"]), ("name", ["code", "card"]),
        })
        {
            foreach (var ground in grounds)
                Assert.True(Contrast(colours[ink], colours[ground]) >= 4.5, $"{theme}: {ink} on {ground} has {Contrast(colours[ink], colours[ground]):0.00}");
        }
    }

    // WCAG 2.1, relative luminance.
    private static double Contrast(int a, int b)
    {
        var (light, dark) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(int colour)
    {
        static double Linear(int channel) => channel / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
        return 0.2126 * Linear(colour >> 16) + 0.7152 * Linear((colour >> 8) & 255) + 0.0722 * Linear(colour & 255);
    }

    [GeneratedRegex("--fc-([a-z-]+): #([0-9a-f]{6})")]
    private static partial Regex Colour();
}
