namespace FaceCourse.Studio.Server;

/// <summary>How the course is served.</summary>
/// <param name="Root">The course folder.</param>
/// <param name="Port">The port to take if it is free; null for the usual one.</param>
/// <param name="Warm">Whether a kernel is started ahead.</param>
internal sealed record ServerOptions(string Root, int? Port = null, bool Warm = true)
{
    /// <summary>Where the built page lies.</summary>
    public string PageFolder { get; init; } = PageFiles.BuiltFolder;

    /// <summary>Where keys and the record of running servers are kept.</summary>
    public string StateFolder { get; init; } = PrivateFiles.Folder;

    /// <summary>Where answers to the quiz are kept; null for the file that cells use.</summary>
    public string? QuizFile { get; init; }
}
