using System.Text.Json.Nodes;

namespace FaceCourse.Kernel.Jupyter;

/// <summary>A Jupyter connection file: five ports and the key that messages are signed with.</summary>
internal sealed record ConnectionInfo(string Transport, string Address, int Shell, int Control, int Stdin, int IoPub, int Heartbeat, string Key)
{
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public static ConnectionInfo Load(string path)
    {
        try
        {
            var json = (JsonObject)JsonNode.Parse(File.ReadAllText(path))!;
            var scheme = (string?)json["signature_scheme"] ?? "hmac-sha256";
            if (scheme != "hmac-sha256") throw new InvalidDataException($"{path} asks for signatures of the kind {scheme}; only hmac-sha256 is known here.");

            return new ConnectionInfo(
                (string?)json["transport"] ?? "tcp",
                (string?)json["ip"] ?? "127.0.0.1",
                (int)json["shell_port"]!,
                (int)json["control_port"]!,
                (int)json["stdin_port"]!,
                (int)json["iopub_port"]!,
                (int)json["hb_port"]!,
                (string?)json["key"] ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException or InvalidCastException or NullReferenceException or ArgumentNullException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is no Jupyter connection file: {e.Message}", e);
        }
    }

    /// <summary>Writes the file for a kernel to read; only this user may read it, since who knows the key may run code.</summary>
    public void Save(string path, string kernelName)
    {
        var json = new JsonObject
        {
            ["transport"] = Transport, ["ip"] = Address, ["shell_port"] = Shell, ["control_port"] = Control, ["stdin_port"] = Stdin, ["iopub_port"] = IoPub,
            ["hb_port"] = Heartbeat, ["key"] = Key, ["signature_scheme"] = "hmac-sha256", ["kernel_name"] = kernelName,
        };
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(json.ToJsonString());
    }

    public string Endpoint(int port) => Transport == "ipc" ? $"ipc://{Address}-{port}" : $"{Transport}://{Address}:{port}";
}
