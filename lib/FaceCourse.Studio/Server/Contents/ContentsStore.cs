using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceCourse.Kernel;
using Microsoft.AspNetCore.Http;

namespace FaceCourse.Studio.Server.Contents;

/// <summary>What the contents API can do to the course folder. Originals are never written.</summary>
internal sealed class ContentsStore(CourseFolder folder, Notary notary)
{
    private const long LargestRead = 256L << 20;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    // One save at a time: two of the same file must not answer in another order than they were written.
    private readonly OneAtATime _writing = new();

    /// <summary>A file or folder as the API describes it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="type"><c>notebook</c>, <c>file</c>, <c>directory</c>, or null for what it is.</param>
    /// <param name="format"><c>text</c>, <c>base64</c>, or null for what fits.</param>
    /// <param name="content">With its content.</param>
    /// <param name="hash">With its sha256.</param>
    public JsonObject Get(string path, string? type, string? format, bool content, bool hash)
    {
        var place = folder.Resolve(path);
        if (!place.Exists) throw new ApiException(StatusCodes.Status404NotFound, $"There is no {place.Path} in the course folder.");
        if (place.IsFolder)
        {
            if (type is not (null or "directory")) throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is a folder.");
            return FolderModel(place, content);
        }

        if (type == "directory") throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is a file, not a folder.");
        if (type == "notebook" && !IsNotebook(place.Name)) throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is not a notebook: its name does not end in .ipynb.");

        var model = FileModel(place, type);
        if (!content && !hash) return model;

        var bytes = Read(place);
        if (hash)
        {
            model["hash"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            model["hash_algorithm"] = "sha256";
        }

        if (content) AddContent(model, place, bytes, format);
        return model;
    }

    /// <summary>Saves a file, a notebook or makes a folder; the answer has no content.</summary>
    /// <returns>The model, and whether it is new.</returns>
    public async Task<(JsonObject Model, bool Created)> SaveAsync(string path, JsonObject body)
    {
        var place = folder.Resolve(path);
        if (place.Path.Length == 0) throw new ApiException(StatusCodes.Status400BadRequest, "A file needs a name.");
        if (body.ContainsKey("chunk")) throw new ApiException(StatusCodes.Status400BadRequest, "Send the file in one piece.");

        var created = !place.Exists;
        var type = body["type"]?.ToString() ?? (IsNotebook(place.Name) ? "notebook" : "file");
        if (type == "directory")
        {
            if (place.HasCopy || place.HasOriginal) throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is a file.");
            Directory.CreateDirectory(place.Copy);
            return (FolderModel(place, false), created);
        }

        if (place.IsFolder) throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is a folder.");
        if (type == "notebook" && !IsNotebook(place.Name)) throw new ApiException(StatusCodes.Status400BadRequest, "A notebook's name must end in .ipynb.");

        var trusted = false;
        var bytes = type == "notebook" ? NotebookBytes(body, place, out trusted) : FileBytes(body);
        var model = await _writing.DoAsync(async () =>
        {
            await folder.Files.WriteAsync(place.Copy, bytes);
            if (trusted) notary.Sign(bytes);
            return FileModel(place, type);
        });
        model["hash"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        model["hash_algorithm"] = "sha256";
        return (model, created);
    }

    /// <summary>Makes a new file in a folder, under a name that is free: empty, or a copy of another.</summary>
    public async Task<JsonObject> CreateAsync(string path, JsonObject body)
    {
        var place = folder.Resolve(path);
        if (!place.IsFolder) throw new ApiException(StatusCodes.Status404NotFound, $"There is no folder {place.Path}.");

        if (body["copy_from"]?.ToString() is { Length: > 0 } from)
        {
            var source = folder.Resolve(from);
            if (!source.HasCopy && !source.HasOriginal) throw new ApiException(StatusCodes.Status404NotFound, $"There is no file {source.Path} to copy.");

            var copy = FreePath(place.Path, Path.GetFileNameWithoutExtension(source.Name) + "-Copy", Path.GetExtension(source.Name), firstNumber: 1);
            var bytes = Read(source);
            await folder.Files.WriteAsync(copy.Copy, bytes);
            return FileModel(copy, null);
        }

        var type = body["type"]?.ToString() ?? "file";
        var ending = body["ext"]?.ToString() is { Length: > 0 } given ? "." + given.TrimStart('.') : type == "notebook" ? ".ipynb" : type == "file" ? ".txt" : "";
        if (type == "directory")
        {
            var made = FreePath(place.Path, "Untitled Folder", "", firstNumber: 0);
            Directory.CreateDirectory(made.Copy);
            return FolderModel(made, false);
        }

        var target = FreePath(place.Path, type == "notebook" ? "Untitled" : "untitled", ending, firstNumber: 0);
        var text = IsNotebook(target.Name) ? Encoding.UTF8.GetBytes(NotebookDocument.Create().ToString()) : [];
        await folder.Files.WriteAsync(target.Copy, text);
        if (text.Length > 0) notary.Sign(text);
        return FileModel(target, null);
    }

    /// <summary>Renames or moves something of the student's.</summary>
    public JsonObject Rename(string path, JsonObject body)
    {
        var from = folder.Resolve(path);
        var to = folder.Resolve(body["path"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : throw new ApiException(StatusCodes.Status400BadRequest, "The new path is missing."));
        if (!from.Exists) throw new ApiException(StatusCodes.Status404NotFound, $"There is no {from.Path} in the course folder.");
        if (from.Path == to.Path) return from.IsFolder ? FolderModel(from, false) : FileModel(from, null);
        if (to.Exists) throw new ApiException(StatusCodes.Status409Conflict, $"{to.Path} is already there; choose another name.");
        if (from.HasOriginal || Directory.Exists(from.Original)) throw Original(from, "renamed; make a copy of it instead");
        if (to.Folder.Length > 0 && !folder.Resolve(to.Folder).IsFolder) throw new ApiException(StatusCodes.Status404NotFound, $"There is no folder {to.Folder}.");

        Directory.CreateDirectory(Path.GetDirectoryName(to.Copy)!);
        if (from.IsFolder)
        {
            Directory.Move(from.Copy, to.Copy);
            return FolderModel(to, false);
        }

        File.Move(from.Copy, to.Copy);
        if (File.Exists(Checkpoint(from))) File.Move(Checkpoint(from), EnsureFolder(Checkpoint(to)), overwrite: true);
        return FileModel(to, null);
    }

    /// <summary>Deletes something of the student's; an original comes back into sight.</summary>
    public void Delete(string path)
    {
        var place = folder.Resolve(path);
        if (!place.Exists) throw new ApiException(StatusCodes.Status404NotFound, $"There is no {place.Path} in the course folder.");
        if (place.HasCopy)
        {
            File.Delete(place.Copy);
            if (File.Exists(Checkpoint(place))) File.Delete(Checkpoint(place));
            return;
        }

        if (!place.IsFolder || Directory.Exists(place.Original)) throw Original(place, "deleted");

        // Checkpoints are no reason to keep a folder that shows nothing.
        if (CourseFolder.Names(place).Any()) throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is not empty; delete what is in it first.");
        Directory.Delete(place.Copy, recursive: true);
    }

    /// <summary>Trusts what is saved here now: its scripts may run.</summary>
    public void Trust(string path)
    {
        var place = folder.Resolve(path);
        if (!place.HasCopy && !place.HasOriginal) throw new ApiException(StatusCodes.Status404NotFound, $"There is no notebook {place.Path}.");
        notary.Sign(Read(place));
    }

    /// <summary>A file's bytes, for pictures in a notebook's text.</summary>
    public (Stream Bytes, string MimeType, DateTime Modified) Open(string path)
    {
        var place = folder.Resolve(path);
        if (!place.HasCopy && !place.HasOriginal) throw new ApiException(StatusCodes.Status404NotFound, $"There is no file {place.Path} in the course folder.");
        return (new FileStream(place.Shown, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), MimeTypes.Of(place.Name), File.GetLastWriteTimeUtc(place.Shown));
    }

    /// <summary>The one checkpoint of a file, or none.</summary>
    public JsonArray Checkpoints(string path)
    {
        var place = Existing(path);
        return File.Exists(Checkpoint(place)) ? [CheckpointModel(place)] : [];
    }

    /// <summary>Keeps the file as it is now.</summary>
    public async Task<JsonObject> AddCheckpointAsync(string path)
    {
        var place = Existing(path);
        await folder.Files.WriteAsync(Checkpoint(place), Read(place));
        return CheckpointModel(place);
    }

    /// <summary>Puts the file back to how it was kept.</summary>
    public async Task RestoreCheckpointAsync(string path, string id)
    {
        var place = WithCheckpoint(path, id);
        await folder.Files.WriteAsync(place.Copy, await File.ReadAllBytesAsync(Checkpoint(place)));
    }

    public void DeleteCheckpoint(string path, string id) => File.Delete(Checkpoint(WithCheckpoint(path, id)));

    private CoursePath Existing(string path)
    {
        var place = folder.Resolve(path);
        return place.HasCopy || place.HasOriginal ? place : throw new ApiException(StatusCodes.Status404NotFound, $"There is no file {place.Path} in the course folder.");
    }

    private CoursePath WithCheckpoint(string path, string id)
    {
        var place = folder.Resolve(path);
        return id == "checkpoint" && File.Exists(Checkpoint(place)) ? place : throw new ApiException(StatusCodes.Status404NotFound, $"There is no checkpoint {id} of {place.Path}.");
    }

    private static string Checkpoint(CoursePath place) =>
        Path.Combine(Path.GetDirectoryName(place.Copy)!, ".ipynb_checkpoints", $"{Path.GetFileNameWithoutExtension(place.Name)}-checkpoint{Path.GetExtension(place.Name)}");

    private static JsonObject CheckpointModel(CoursePath place) => new() { ["id"] = "checkpoint", ["last_modified"] = Moment.Text(File.GetLastWriteTimeUtc(Checkpoint(place))) };

    private static string EnsureFolder(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private CoursePath FreePath(string inFolder, string name, string ending, int firstNumber)
    {
        for (var number = firstNumber; ; number++)
        {
            var path = folder.Resolve($"{inFolder}/{name}{(number == 0 ? "" : number)}{ending}");
            if (!path.Exists) return path;
        }
    }

    private JsonObject FolderModel(CoursePath place, bool content)
    {
        var info = new DirectoryInfo(Directory.Exists(place.Original) ? place.Original : place.Copy);
        var model = Model(place, "directory", info);
        model["format"] = content ? "json" : null;
        model["content"] = content ? new JsonArray([.. CourseFolder.Names(place).Select(n => Entry(place, n)).OfType<JsonNode>()]) : null;
        return model;
    }

    private JsonObject? Entry(CoursePath place, string name)
    {
        var entry = folder.Resolve(place.Path.Length == 0 ? name : $"{place.Path}/{name}");
        return !entry.Exists ? null : entry.IsFolder ? FolderModel(entry, false) : FileModel(entry, null);
    }

    private static JsonObject FileModel(CoursePath place, string? type)
    {
        var info = new FileInfo(place.Shown);
        var model = Model(place, type ?? (IsNotebook(place.Name) ? "notebook" : "file"), info);
        model["size"] = info.Length;
        model["mimetype"] = IsNotebook(place.Name) ? null : MimeTypes.Of(place.Name);
        model["edited"] = place.HasCopy && place.HasOriginal;
        return model;
    }

    private static JsonObject Model(CoursePath place, string type, FileSystemInfo info) => new()
    {
        ["name"] = place.Name,
        ["path"] = place.Path,
        ["type"] = type,
        ["created"] = Moment.Text(info.CreationTimeUtc),
        ["last_modified"] = Moment.Text(info.LastWriteTimeUtc),
        ["writable"] = true,
        ["size"] = null,
        ["mimetype"] = null,
        ["format"] = null,
        ["content"] = null,
    };

    private void AddContent(JsonObject model, CoursePath place, byte[] bytes, string? format)
    {
        if (model["type"]!.ToString() == "notebook")
        {
            NotebookDocument notebook;
            try
            {
                notebook = NotebookDocument.Parse(Strict.GetString(bytes), place.Path);
            }
            catch (Exception e) when (e is NotebookFormatException or DecoderFallbackException)
            {
                throw new ApiException(StatusCodes.Status400BadRequest, e is NotebookFormatException ? e.Message : $"{place.Path} is not a notebook: it is no text in UTF-8.");
            }

            Notary.Mark(notebook, notary.Trusts(bytes));
            model["format"] = "json";
            model["content"] = notebook.Json;
            return;
        }

        var text = format == "base64" ? null : TryText(bytes);
        if (text is null && format == "text") throw new ApiException(StatusCodes.Status400BadRequest, $"{place.Path} is no text in UTF-8.");
        model["format"] = text is null ? "base64" : "text";
        model["content"] = text ?? Convert.ToBase64String(bytes);
    }

    private static byte[] NotebookBytes(JsonObject body, CoursePath place, out bool trusted)
    {
        try
        {
            var notebook = NotebookDocument.Parse(body["content"]?.ToJsonString() ?? "", place.Path);
            trusted = Notary.Unmark(notebook);
            return Encoding.UTF8.GetBytes(notebook.ToString());
        }
        catch (Exception e) when (e is NotebookFormatException or JsonException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static byte[] FileBytes(JsonObject body)
    {
        if (body["content"] is not JsonValue value || !value.TryGetValue<string>(out var text)) throw new ApiException(StatusCodes.Status400BadRequest, "The content must be a text, or base64 with format base64.");
        if (body["format"]?.ToString() != "base64") return Encoding.UTF8.GetBytes(text);

        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "The content is no base64.");
        }
    }

    private static byte[] Read(CoursePath place)
    {
        if (new FileInfo(place.Shown).Length > LargestRead) throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"{place.Path} is larger than {LargestRead >> 20} MB; open it with another program.");
        return File.ReadAllBytes(place.Shown);
    }

    private static string? TryText(byte[] bytes)
    {
        try
        {
            return bytes.Contains((byte)0) ? null : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsNotebook(string name) => name.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase);

    private static ApiException Original(CoursePath place, string what) =>
        new(StatusCodes.Status403Forbidden, $"{place.Path} belongs to the course and cannot be {what}.");
}
