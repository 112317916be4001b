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
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject json) throw new FormatException("it is no JSON object");

            var scheme = json.Text("signature_scheme", "hmac-sha256");
            if (scheme != "hmac-sha256") throw new FormatException($"it asks for signatures of the kind {scheme}, and only hmac-sha256 is known here");

            return new ConnectionInfo(
                json.Text("transport", "tcp"),
                json.Text("ip", "127.0.0.1"),
                Port("shell_port"),
                Port("control_port"),
                Port("stdin_port"),
                Port("iopub_port"),
                Port("hb_port"),
                json.Text("key"));

            int Port(string name) => json.Number(name, 0) is > 0 and <= 65535 and var port ? port : throw new FormatException($"its {name} is no port");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException or FormatException or ArgumentException)
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
