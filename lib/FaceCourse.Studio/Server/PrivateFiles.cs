namespace FaceCourse.Studio.Server;

/// <summary>Files that only this user may read: tokens and keys.</summary>
internal static class PrivateFiles
{
    /// <summary>The variable that moves the folder of keys and of the record of running servers.</summary>
    public const string Variable = "FACECOURSE_STATE";

    /// <summary>This user's folder: <c>$XDG_DATA_HOME/facecourse</c>, <c>~/.local/share/facecourse</c>, or the platform's own place.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen
        ? Path.GetFullPath(chosen)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "facecourse");

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Writes a text, whole or not at all.</summary>
    public static void Write(string path, string text)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        var part = $"{path}.{Environment.ProcessId}.part";
        using (var writer = new StreamWriter(part, Options(FileMode.Create))) writer.Write(text);
        File.Move(part, path, overwrite: true);
    }
}
