namespace FaceCourse.Studio.Server;

/// <summary>A request cannot be done: the status to answer with, and one sentence that says what to do.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    /// <summary>An HTTP status of 4xx or 5xx.</summary>
    public int Status { get; } = status;
}
