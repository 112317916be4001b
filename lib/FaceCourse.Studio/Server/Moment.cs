using System.Globalization;

namespace FaceCourse.Studio.Server;

/// <summary>Times as the API writes them: ISO 8601 in UTC, to the microsecond.</summary>
internal static class Moment
{
    public static string Text(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
