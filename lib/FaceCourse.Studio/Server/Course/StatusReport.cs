using System.Globalization;
using System.Text.Json.Nodes;
using FaceCourse.Studio.Doctor;
using FaceCourse.Studio.Server.Kernels;
using FaceCourse.Tensors;

namespace FaceCourse.Studio.Server.Course;

/// <summary>What the page shows of the machine: where it computes, what memory is used, which assets are here.</summary>
internal sealed class StatusReport(string root, KernelManager kernels, AssetDesk assets)
{
    private readonly Task<JsonObject> _device = Task.Run(DeviceAsync);

    public async Task<JsonObject> TellAsync() => new()
    {
        ["version"] = typeof(StatusReport).Assembly.GetName().Version?.ToString(3),
        ["root"] = root,
        ["device"] = (await _device).DeepClone(),
        ["memory"] = new JsonObject
        {
            ["server"] = Environment.WorkingSet,
            ["kernels"] = new JsonArray([.. kernels.All.Select(k => (JsonNode)new JsonObject { ["id"] = k.Id, ["path"] = k.Notebook, ["bytes"] = k.Memory })]),
        },
        ["assets"] = assets.Status(),
        ["downloads"] = assets.Downloads(),
    };

    // Without loading libtorch into the server: the driver's own tool knows whether a GPU can be used.
    private static async Task<JsonObject> DeviceAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var wanted = TorchRuntime.BuiltFor == "cuda" && !string.Equals(Environment.GetEnvironmentVariable(TorchRuntime.DeviceVariable), "cpu", StringComparison.OrdinalIgnoreCase);
        var gpu = wanted ? await Tool.TryRunAsync("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"], null, null, limit.Token) : null;
        if (gpu?.Split('\n')[0].Split(',', StringSplitOptions.TrimEntries) is [var name, var mebibytes])
        {
            return new JsonObject
            {
                ["kind"] = "cuda",
                ["name"] = name,
                ["memory"] = long.TryParse(mebibytes, CultureInfo.InvariantCulture, out var size) ? size << 20 : null,
            };
        }

        return new JsonObject
        {
            ["kind"] = "cpu",
            ["name"] = $"{Environment.ProcessorCount} core{(Environment.ProcessorCount == 1 ? "" : "s")}",
            ["memory"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        };
    }
}
