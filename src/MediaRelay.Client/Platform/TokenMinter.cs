using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MediaRelay.Client.Platform;

/// <summary>Mints access tokens as a platform does: JWT (RFC 7519) signed with HS256 by an API key's secret. Any thread.</summary>
public sealed class TokenMinter
{
    /// <summary>The key and secret that exist in the server's Development environment.</summary>
    public const string DevelopmentKey = "devkey";
    public const string DevelopmentSecret = "devsecret-devsecret-devsecret-dev";

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private readonly string _apiKey;
    private readonly byte[] _secret;
    private readonly TimeProvider _time;

    public TokenMinter(string apiKey, string secret, TimeProvider time)
    {
        _apiKey = apiKey;
        _secret = Encoding.UTF8.GetBytes(secret);
        _time = time;
    }

    /// <summary>May do everything for every merchant.</summary>
    public string Platform(TimeSpan lifetime) => Mint("platform", "platform", lifetime);

    public string Host(string roomId, string identity, TimeSpan lifetime) => Mint("host", identity, lifetime, ("room", roomId));

    public string Viewer(string roomId, string identity, TimeSpan lifetime) => Mint("viewer", identity, lifetime, ("room", roomId));

    public string Merchant(string merchantId, TimeSpan lifetime) => Mint("merchant", merchantId, lifetime, ("merchant", merchantId));

    private string Mint(string role, string identity, TimeSpan lifetime, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var now = _time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = _apiKey,
            ["sub"] = identity,
            ["role"] = role,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in more)
        {
            claims[name] = value;
        }

        var signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(signed)))}";
    }
}
