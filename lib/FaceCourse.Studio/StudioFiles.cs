namespace FaceCourse.Studio;

/// <summary>The text files that travel inside the program: styles and scripts of <c>web/</c>.</summary>
internal static class StudioFiles
{
    /// <summary>The text of <c>web/<paramref name="name"/></c>.</summary>
    public static string Text(string name)
    {
        using var reader = new StreamReader(typeof(StudioFiles).Assembly.GetManifestResourceStream($"web/{name}")!);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of <c>web/<paramref name="name"/></c> that are not empty.</summary>
    public static string[] Lines(string name) => Text(name).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
