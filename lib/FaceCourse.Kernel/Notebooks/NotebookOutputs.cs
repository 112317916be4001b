using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Notebooks;

/// <summary>Writes a running notebook's outputs into its cells as nbformat stores them.</summary>
/// <remarks>One for the whole notebook: a display shown by one cell may be updated by another.</remarks>
internal sealed class NotebookOutputs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<JsonObject>> _displays = new(StringComparer.Ordinal);

    /// <summary>Empties a cell and returns where its outputs go.</summary>
    public ICellOutput Begin(NotebookCell cell, int executionCount)
    {
        cell.Outputs.Clear();
        cell.ExecutionCount = executionCount;
        return new CellOutputs(this, cell, executionCount);
    }

    private sealed class CellOutputs(NotebookOutputs notebook, NotebookCell cell, int executionCount) : ICellOutput
    {
        private bool _clearNext;

        public void Stream(string name, string text)
        {
            lock (notebook._gate)
            {
                ClearIfAsked();
                if (cell.Outputs is [.., JsonObject last] && (string?)last["output_type"] == "stream" && (string?)last["name"] == name)
                    last["text"] = (string?)last["text"] + text;
                else
                    cell.Outputs.Add((JsonNode)new JsonObject { ["name"] = name, ["output_type"] = "stream", ["text"] = text });
            }
        }

        public void Display(MimeBundle data, string? displayId)
        {
            lock (notebook._gate)
            {
                ClearIfAsked();
                var output = new JsonObject { ["data"] = data.Data.DeepClone(), ["metadata"] = data.Metadata.DeepClone(), ["output_type"] = "display_data" };
                cell.Outputs.Add((JsonNode)output);
                if (displayId is null) return;

                if (notebook._displays.TryGetValue(displayId, out var shown)) shown.Add(output);
                else notebook._displays[displayId] = [output];
            }
        }

        public void Update(MimeBundle data, string displayId)
        {
            lock (notebook._gate)
            {
                foreach (var output in notebook._displays.GetValueOrDefault(displayId) ?? [])
                {
                    output["data"] = data.Data.DeepClone();
                    output["metadata"] = data.Metadata.DeepClone();
                }
            }
        }

        public void Result(MimeBundle data)
        {
            lock (notebook._gate)
            {
                ClearIfAsked();
                cell.Outputs.Add((JsonNode)new JsonObject
                {
                    ["data"] = data.Data.DeepClone(),
                    ["execution_count"] = executionCount,
                    ["metadata"] = data.Metadata.DeepClone(),
                    ["output_type"] = "execute_result",
                });
            }
        }

        public void Error(CellError error)
        {
            lock (notebook._gate)
            {
                cell.Outputs.Add((JsonNode)new JsonObject
                {
                    ["ename"] = error.Name,
                    ["evalue"] = error.Message,
                    ["output_type"] = "error",
                    ["traceback"] = new JsonArray([.. error.Traceback.Select(l => (JsonNode)l)]),
                });
            }
        }

        public void Clear(bool wait)
        {
            lock (notebook._gate)
            {
                if (wait) _clearNext = true;
                else cell.Outputs.Clear();
            }
        }

        private void ClearIfAsked()
        {
            if (_clearNext) cell.Outputs.Clear();
            _clearNext = false;
        }
    }
}
