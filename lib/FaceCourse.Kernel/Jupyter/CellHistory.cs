using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>The cells of this session, answered as <c>history_request</c> asks: the tail, a range, or what matches a pattern.</summary>
internal sealed class CellHistory
{
    private const int Session = 1;
    private readonly List<(int Line, string Code, string? Result)> _entries = [];

    public void Add(int line, string code, string? result) => _entries.Add((line, code, result));

    public JsonArray Answer(JsonObject request)
    {
        var output = request.Flag("output", false);
        var most = Math.Max(0, request.Number("n", int.MaxValue - 1));
        IEnumerable<(int Line, string Code, string? Result)> chosen = request.Text("hist_access_type") switch
        {
            "range" => Range(request.Number("session", 0), request.Number("start", 0), request.Number("stop", int.MaxValue - 1)),
            "search" => Search(request.Text("pattern", "*"), request.Flag("unique", false)).TakeLast(most),
            _ => _entries.TakeLast(most),
        };
        return [.. chosen.Select(e => (JsonNode)new JsonArray(Session, e.Line, output ? new JsonArray(e.Code, e.Result) : JsonValue.Create(e.Code)))];
    }

    // Session 0 is the current one, negative ones lie before it.
    private IEnumerable<(int, string, string?)> Range(int session, int start, int stop) =>
        session is 0 or Session ? _entries.Where(e => e.Line >= start && e.Line < stop) : [];

    private IEnumerable<(int, string, string?)> Search(string glob, bool unique)
    {
        var pattern = new Regex("^" + Regex.Escape(glob).Replace("\\*", ".*").Replace("\\?", ".") + "$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
        var found = _entries.Where(e => pattern.IsMatch(e.Code));
        return unique ? found.Reverse().DistinctBy(e => e.Code).Reverse() : found;
    }
}
