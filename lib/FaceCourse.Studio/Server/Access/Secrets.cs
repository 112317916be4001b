using System.Security.Cryptography;
using System.Text;

namespace FaceCourse.Studio.Server.Access;

/// <summary>What this start of the server knows and strangers do not: the token, the cookie made from it, and keys that open once.</summary>
internal sealed class Secrets
{
    private static readonly TimeSpan OnceLasts = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTime> _once = new(StringComparer.Ordinal);
    private readonly byte[] _cookieKey = RandomNumberGenerator.GetBytes(32);

    public Secrets() => Cookie = Convert.ToHexStringLower(HMACSHA256.HashData(_cookieKey, Encoding.UTF8.GetBytes(Token)));

    /// <summary>192 random bits in hexadecimal.</summary>
    public string Token { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>The cookie's value.</summary>
    public string Cookie { get; }

    /// <summary>A key that lets one request in, soon. It may stand where others can see it: in a browser's command line.</summary>
    public string NewOnce()
    {
        var key = RandomNumberGenerator.GetHexString(48, lowercase: true);
        lock (_gate)
        {
            foreach (var old in _once.Where(o => o.Value < DateTime.UtcNow).Select(o => o.Key).ToList()) _once.Remove(old);
            _once[key] = DateTime.UtcNow + OnceLasts;
        }

        return key;
    }

    /// <summary>True the first time a key of <see cref="NewOnce"/> is shown.</summary>
    public bool Use(string once)
    {
        lock (_gate) return _once.Remove(once, out var until) && until >= DateTime.UtcNow;
    }

    /// <summary>Compares without telling by its duration how much was right.</summary>
    public static bool Same(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
