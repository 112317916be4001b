using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceCourse.Studio.Server;

/// <summary>The record of the server that runs for a course folder, so that a second start opens the first.</summary>
internal static class RunningServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Leaves the record, readable by this user only.</summary>
    public static void Record(StudioServer server, string root, string state) =>
        PrivateFiles.Write(PathOf(root, state), new JsonObject { ["port"] = server.Port, ["token"] = server.Secrets.Token, ["pid"] = Environment.ProcessId }.ToJsonString());

    /// <summary>Takes the record away, if it is still this process's.</summary>
    public static void Forget(string root, string state)
    {
        if (Read(PathOf(root, state)) is { } record && record["pid"]?.GetValue<int>() == Environment.ProcessId) File.Delete(PathOf(root, state));
    }

    /// <summary>The server that runs already, if it still answers.</summary>
    /// <returns>Its address with the token, and one that opens it once; null without.</returns>
    public static async Task<(string Address, string Once)?> FindAsync(string root, string state)
    {
        if (Read(PathOf(root, state)) is not { } record) return null;

        try
        {
            var (port, token) = (record["port"]!.GetValue<int>(), record["token"]!.GetValue<string>());
            using var client = new HttpClient { Timeout = Patience };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", token);
            var answer = JsonNode.Parse(await client.GetStringAsync($"http://127.0.0.1:{port}/api/once"));

            // After a kill the port may be anybody's, and what is opened goes to the system's shell: only our own kind of address is.
            var once = answer!["address"]!.GetValue<string>();
            var begin = $"http://127.0.0.1:{port}/?once=";
            return once.StartsWith(begin, StringComparison.Ordinal) && once.AsSpan(begin.Length).IndexOfAnyExcept(Hexadecimal) < 0 ? ($"http://127.0.0.1:{port}/?token={token}", once) : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or InvalidOperationException or NullReferenceException)
        {
            // It was killed, or something else has its port now.
            return null;
        }
    }

    private static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string PathOf(string root, string state) =>
        Path.Combine(state, "servers", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(root))))[..16] + ".json");
}
