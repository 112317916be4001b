using System.Security.Cryptography;
using FaceCourse.Assets;

namespace FaceCourse.Tests.Assets;

/// <summary>A small catalogue with one file, and the stores that look for it.</summary>
internal static class Sample
{
    public const string Name = "weights/small.bin";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public static readonly byte[] Bytes = Numbers(20_000, 1);
    public static readonly string HttpsSource = $$"""{"repository": "someone/something", "commit": "{{Commit}}", "path": "deep/small.bin"}""";
    public const string NpmSource = """{"npm": "@some/package", "path": "model/small.bin"}""";

    public static byte[] Numbers(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] WithOneFlippedBit(byte[] bytes)
    {
        byte[] broken = [.. bytes];
        broken[bytes.Length / 2] ^= 0x10;
        return broken;
    }

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Json(string sources, string name = Name) => $$"""
        { "assets": [ { "name": "{{name}}", "what": "Numbers.", "licence": "MIT", "bytes": {{Bytes.Length}},
          "sha256": "{{Hash(Bytes)}}", "sources": [{{sources}}] } ] }
        """;

    /// <summary>Options without mirror, npm and network, with quick retries; tests switch on what they are about.</summary>
    public static AssetStoreOptions Options(TemporaryFolder folder, string? sources = null) => new()
    {
        Catalogue = AssetCatalogue.Parse(Json(sources ?? HttpsSource)),
        CacheFolder = Path.Combine(folder.Path, "cache"),
        MirrorFolder = null,
        NpmCommand = null,
        BaseAddress = null,
        RetryDelay = TimeSpan.FromMilliseconds(5),
    };
}
