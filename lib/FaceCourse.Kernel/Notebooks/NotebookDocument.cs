using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FaceCourse.Kernel;

/// <summary>A Jupyter notebook file (nbformat 4.x; written as 4.5). Metadata this project knows nothing of is kept.</summary>
public sealed partial class NotebookDocument
{
    private const long MostBytes = 512L << 20;

    // Jupyter's own layout: one space of indent, and no escapes that JSON does not ask for.
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<NotebookCell> _cells;

    private NotebookDocument(JsonObject json)
    {
        Json = json;
        _cells = [.. ((JsonArray)json["cells"]!).Select(c => new NotebookCell((JsonObject)c!))];
    }

    /// <summary>The whole notebook as it stands in the file.</summary>
    public JsonObject Json { get; }

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells => _cells;

    /// <summary>A notebook without cells, with the metadata that .NET hosts write for C#.</summary>
    public static NotebookDocument Create()
    {
        var document = new NotebookDocument(new JsonObject
        {
            ["cells"] = new JsonArray(),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject
                {
                    ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp", ["name"] = "C#", ["pygments_lexer"] = "csharp", ["version"] = "13.0",
                },
                ["polyglot_notebook"] = new JsonObject
                {
                    ["kernelInfo"] = new JsonObject
                    {
                        ["defaultKernelName"] = "csharp",
                        ["items"] = new JsonArray(new JsonObject { ["aliases"] = new JsonArray(), ["name"] = "csharp" }),
                    },
                },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        });
        return document;
    }

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="NotebookFormatException">The file is not there, is no JSON, or is no notebook of format 4.</exception>
    public static NotebookDocument Load(string path)
    {
        if (!File.Exists(path)) throw new NotebookFormatException($"There is no file {path}.");
        if (new FileInfo(path).Length > MostBytes) throw new NotebookFormatException($"{path} is larger than {MostBytes >> 20} MB; clear its outputs and try again.");

        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads a notebook's text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="NotebookFormatException">The text is no JSON, or is no notebook of format 4.</exception>
    public static NotebookDocument Parse(string text, string name = "The notebook")
    {
        ArgumentNullException.ThrowIfNull(text);
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            var where = e.LineNumber is { } line ? $"; it goes wrong in line {line + 1}" : "";
            throw new NotebookFormatException($"{name} is not a notebook: it is no valid JSON{where}. Restore the file, or save it again from the program that wrote it.", e);
        }

        try
        {
            return new NotebookDocument(Checked(node, name));
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException or ArgumentException or FormatException)
        {
            // A duplicate key, or a value of another type than the format has in this place.
            throw new NotebookFormatException($"{name} is not a notebook: {e.Message}", e);
        }
    }

    /// <summary>Adds a cell at the end.</summary>
    /// <param name="kind"><c>code</c>, <c>markdown</c> or <c>raw</c>.</param>
    /// <param name="source">Its text.</param>
    public NotebookCell Add(string kind, string source)
    {
        var json = new JsonObject { ["cell_type"] = kind, ["id"] = NewId(), ["metadata"] = new JsonObject(), ["source"] = Lines(source) };
        if (kind == "code")
        {
            json["execution_count"] = null;
            json["outputs"] = new JsonArray();
        }

        ((JsonArray)Json["cells"]!).Add((JsonNode)json);
        var cell = new NotebookCell(json);
        _cells.Add(cell);
        return cell;
    }

    /// <summary>Writes the notebook; a reader sees the old file or the new one, never half of it.</summary>
    public void Save(string path)
    {
        var full = Path.GetFullPath(path);
        var part = $"{full}.{Environment.ProcessId}.part";
        File.WriteAllText(part, ToString());
        File.Move(part, full, overwrite: true);
    }

    /// <summary>The notebook as it is written into a file.</summary>
    public override string ToString() => Json.ToJsonString(Layout) + "\n";

    /// <summary>nbformat's text: a string, or its lines.</summary>
    internal static string Text(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(l => l?.GetValue<string>())),
        JsonValue value => value.GetValue<string>(),
        _ => "",
    };

    internal static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }

        return lines;
    }

    private static JsonObject Checked(JsonNode? node, string name)
    {
        if (node is not JsonObject json || json["cells"] is not JsonArray cells)
        {
            throw (node as JsonObject)?.ContainsKey("worksheets") == true
                ? new NotebookFormatException($"{name} is a notebook of an old format; open and save it once in Jupyter (or run 'jupyter nbconvert --to notebook').")
                : new NotebookFormatException($"{name} is not a notebook: it has no list of cells.");
        }

        if (json["nbformat"] is not JsonValue version || !version.TryGetValue<int>(out var major) || major != 4)
            throw new NotebookFormatException($"{name} has notebook format {json["nbformat"]?.ToJsonString() ?? "(none)"}, and only format 4 is read; save it again with a current Jupyter.");

        if (json["metadata"] is not JsonObject) json["metadata"] = new JsonObject();
        json["nbformat_minor"] = 5;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < cells.Count; i++) CheckCell(cells[i], $"{name} is not a notebook: cell {i + 1}", ids);
        return json;
    }

    private static void CheckCell(JsonNode? node, string where, HashSet<string> ids)
    {
        if (node is not JsonObject cell) throw new NotebookFormatException($"{where} is no JSON object.");
        if (cell["cell_type"] is not JsonValue kind || !kind.TryGetValue<string>(out var kindName) || kindName is not ("code" or "markdown" or "raw"))
            throw new NotebookFormatException($"{where} is neither code, markdown nor raw.");
        if (cell["source"] is not null and not JsonArray && !(cell["source"] is JsonValue s && s.TryGetValue<string>(out _)))
            throw new NotebookFormatException($"{where} has a source that is no text.");
        if (cell["source"] is JsonArray lines && lines.Any(l => l is not JsonValue v || !v.TryGetValue<string>(out _)))
            throw new NotebookFormatException($"{where} has a source that is no text.");

        cell["source"] ??= new JsonArray();
        if (cell["metadata"] is not JsonObject) cell["metadata"] = new JsonObject();

        // Formats before 4.5 had no ids; a copied cell may repeat one.
        var id = cell["id"] is JsonValue value && value.TryGetValue<string>(out var text) && ValidId().IsMatch(text) ? text : NewId();
        while (!ids.Add(id)) id = NewId();
        cell["id"] = id;

        if (kindName != "code") return;

        if (cell["outputs"] is not JsonArray) cell["outputs"] = new JsonArray();
        if (cell["execution_count"] is not JsonValue count || !count.TryGetValue<int>(out _)) cell["execution_count"] = null;
    }

    private static string NewId() => Guid.NewGuid().ToString("N")[..8];

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ValidId();
}
