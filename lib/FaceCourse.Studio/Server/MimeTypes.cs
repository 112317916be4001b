namespace FaceCourse.Studio.Server;

/// <summary>What kind of file a name promises.</summary>
internal static class MimeTypes
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".mjs"] = "text/javascript; charset=utf-8", [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json", [".map"] = "application/json", [".webmanifest"] = "application/manifest+json", [".svg"] = "image/svg+xml", [".png"] = "image/png",
        [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp", [".ico"] = "image/x-icon", [".woff2"] = "font/woff2",
        [".woff"] = "font/woff", [".ttf"] = "font/ttf", [".wasm"] = "application/wasm", [".txt"] = "text/plain; charset=utf-8", [".md"] = "text/markdown; charset=utf-8",
        [".cs"] = "text/x-csharp; charset=utf-8", [".csv"] = "text/csv; charset=utf-8", [".mp4"] = "video/mp4", [".ipynb"] = "application/x-ipynb+json", [".pdf"] = "application/pdf",
    };

    public static string Of(string name) => Known.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");
}
