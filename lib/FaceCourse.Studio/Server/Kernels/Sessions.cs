using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Kernels;

/// <summary>Which notebook talks to which kernel.</summary>
internal sealed class Sessions(KernelManager kernels, Func<string, string> folderOf)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>The folder that a notebook's kernel works in.</summary>
    public string FolderOf(string path) => folderOf(path);

    private sealed record Session(string Id, string Path, string Name, string Type, string Kernel);

    /// <summary>All sessions whose kernel is still there.</summary>
    public JsonArray List()
    {
        // A list first: a session whose kernel is gone is dropped on the way.
        lock (_gate) return [.. _sessions.Values.ToList().Select(TryModel).OfType<JsonNode>()];
    }

    public JsonObject Get(string id)
    {
        lock (_gate) return Model(Find(id));
    }

    /// <summary>Starts a session, or gives the one that the notebook already has.</summary>
    public JsonObject Start(JsonObject body)
    {
        var path = Text(body, "path") ?? Text(body["notebook"] as JsonObject, "path") ?? throw new ApiException(StatusCodes.Status400BadRequest, "A session needs a path.");
        var kernel = body["kernel"] as JsonObject;
        // One lock from the look to the entry: two tabs that open a notebook at once share its kernel.
        lock (_gate)
        {
            if (_sessions.Values.FirstOrDefault(s => s.Path == path) is { } existing && TryModel(existing) is { } model) return model;

            var session = new Session(Guid.NewGuid().ToString(), path, Text(body, "name") ?? "", Text(body, "type") ?? "notebook", KernelFor(kernel, path) ?? kernels.Start(null, folderOf(path), path).Id);
            _sessions[session.Id] = session;
            return Model(session);
        }
    }

    /// <summary>Changes a session's path, name, type or kernel; the kernel it had is shut down when it gets another.</summary>
    public async Task<JsonObject> ChangeAsync(string id, JsonObject body)
    {
        Session session;
        string old;
        // Only what this request names, on top of what stands there now: a page that renames a notebook sends path and name at the same time.
        lock (_gate)
        {
            var current = Find(id);
            old = current.Kernel;
            var path = Text(body, "path") ?? current.Path;
            session = current with { Path = path, Name = Text(body, "name") ?? current.Name, Type = Text(body, "type") ?? current.Type, Kernel = KernelFor(body["kernel"] as JsonObject, path) ?? old };
            _sessions[id] = session;
        }

        if (kernels.All.FirstOrDefault(k => k.Id == session.Kernel) is { } now) now.Notebook = session.Path;
        if (old != session.Kernel && !IsUsed(old) && kernels.All.Any(k => k.Id == old)) await kernels.ShutDownAsync(old);
        lock (_gate) return Model(session);
    }

    /// <summary>Ends a session and its kernel.</summary>
    public async Task EndAsync(string id)
    {
        string kernel;
        lock (_gate)
        {
            kernel = Find(id).Kernel;
            _sessions.Remove(id);
        }

        if (!IsUsed(kernel) && kernels.All.Any(k => k.Id == kernel)) await kernels.ShutDownAsync(kernel);
    }

    /// <summary>The kernel that a request names: a running one by id, or a new one by its kernelspec's name. Null where it names none.</summary>
    private string? KernelFor(JsonObject? kernel, string path) =>
        Text(kernel, "id") is { } running ? kernels.Find(running).Id
        : Text(kernel, "name") is { } name ? kernels.Start(name, folderOf(path), path).Id
        : null;

    private bool IsUsed(string kernel)
    {
        lock (_gate) return _sessions.Values.Any(s => s.Kernel == kernel);
    }

    private Session Find(string id) =>
        _sessions.TryGetValue(id, out var session) ? session : throw new ApiException(StatusCodes.Status404NotFound, $"There is no session {id}; it was ended, or the server started anew.");

    private JsonObject Model(Session session) => TryModel(session) ?? throw new ApiException(StatusCodes.Status404NotFound, "The session's kernel was shut down; start a new session.");

    private JsonObject? TryModel(Session session)
    {
        if (kernels.All.FirstOrDefault(k => k.Id == session.Kernel) is not { } kernel)
        {
            _sessions.Remove(session.Id);
            return null;
        }

        return new JsonObject
        {
            ["id"] = session.Id,
            ["path"] = session.Path,
            ["name"] = session.Name,
            ["type"] = session.Type,
            ["kernel"] = kernel.Model(),
            ["notebook"] = new JsonObject { ["path"] = session.Path, ["name"] = session.Name },
        };
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
