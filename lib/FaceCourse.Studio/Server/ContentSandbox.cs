namespace FaceCourse.Studio.Server;

/// <summary>How a browser must treat a file that is not part of the page: as a picture or text without any rights.</summary>
internal static class ContentSandbox
{
    public const string Policy = "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'";
}
