using System.Text.Json.Nodes;

namespace FaceCourse.Kernel;

/// <summary>One cell of a notebook: a view of its JSON, which keeps whatever else is in there.</summary>
public sealed class NotebookCell
{
    internal NotebookCell(JsonObject json) => Json = json;

    /// <summary>The cell as it stands in the file.</summary>
    public JsonObject Json { get; }

    /// <summary>The cell's identity, unique in its notebook.</summary>
    public string Id => (string)Json["id"]!;

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Kind => (string)Json["cell_type"]!;

    /// <summary>Whether this is a code cell.</summary>
    public bool IsCode => Kind == "code";

    /// <summary>The cell's text.</summary>
    public string Source
    {
        get => NotebookDocument.Text(Json["source"]);
        set => Json["source"] = NotebookDocument.Lines(value);
    }

    /// <summary>The first line that says something, or an empty string: what a progress line calls the cell.</summary>
    public string Title => Source.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } lines
        ? lines.FirstOrDefault(l => !l.StartsWith("#r ", StringComparison.Ordinal) && !l.StartsWith("using ", StringComparison.Ordinal)) ?? lines[0]
        : "";

    /// <summary>The name of the cell's language if its metadata gives one, such as <c>csharp</c>.</summary>
    public string? Language =>
        (Json["metadata"]?["polyglot_notebook"] as JsonObject)?["kernelName"]?.ToString()
        ?? (Json["metadata"]?["dotnet_interactive"] as JsonObject)?["language"]?.ToString();

    /// <summary>The cell's tags.</summary>
    public IReadOnlyList<string> Tags =>
        Json["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(t => t?.ToString() ?? "")] : [];

    /// <summary>How many-th this cell was run; null when it was not. Code cells only.</summary>
    public int? ExecutionCount
    {
        get => Json["execution_count"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : null;
        set => Json["execution_count"] = value is { } count ? JsonValue.Create(count) : null;
    }

    /// <summary>The cell's outputs as nbformat writes them. Code cells only.</summary>
    public JsonArray Outputs
    {
        get
        {
            if (Json["outputs"] is JsonArray outputs) return outputs;

            var empty = new JsonArray();
            Json["outputs"] = empty;
            return empty;
        }
    }
}
