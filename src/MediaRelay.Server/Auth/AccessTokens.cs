using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Auth;

/// <summary>Reads and mints access tokens: JWT (RFC 7519) signed with HS256 by an API key's secret.</summary>
internal sealed class AccessTokens
{
    /// <summary>Longest accepted token; real ones are a few hundred characters.</summary>
    private const int MaxTokenLength = 4096;

    private const int MaxClaimLength = 256;

    // Clocks of platforms are kept by NTP; more would keep revoked bearers alive for nothing.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly Dictionary<string, SymmetricSecurityKey> _keys;
    private readonly TokenValidationParameters _parameters;
    private readonly TimeProvider _time;

    public AccessTokens(IOptions<AuthOptions> options, TimeProvider time)
    {
        _time = time;
        _keys = options.Value.Keys.ToDictionary(
            entry => entry.Key,
            entry => new SymmetricSecurityKey(Encoding.UTF8.GetBytes(entry.Value)),
            StringComparer.Ordinal);
        _parameters = new TokenValidationParameters
        {
            // RFC 8725 §3.1: the algorithm is pinned here, never taken from the token.
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateAudience = false,
            ValidateIssuer = false, // the issuer selects the key, so a wrong one fails the signature
            IssuerSigningKeyResolver = FindKeys,
            LifetimeValidator = IsAlive,
        };
    }

    /// <summary>Mints a token that is valid for <paramref name="lifetime"/>, signed with <paramref name="apiKey"/> (default: the first one).</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public string Mint(
        AccessRole role,
        string identity,
        TimeSpan lifetime,
        string? room = null,
        string? merchant = null,
        MerchantScopes scopes = MerchantScopes.All,
        string? apiKey = null)
    {
        apiKey ??= _keys.Keys.Order(StringComparer.Ordinal).First();
        var now = _time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [JwtRegisteredClaimNames.Sub] = identity,
            ["role"] = NameOf(role),
        };
        if (room is not null)
        {
            claims["room"] = room;
        }

        if (merchant is not null)
        {
            claims["merchant"] = merchant;
        }

        if (scopes != MerchantScopes.All)
        {
            claims["scope"] = ScopeNames.Write(scopes);
        }

        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = apiKey,
            Claims = claims,
            IssuedAt = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(_keys[apiKey], SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Verifies <paramref name="jwt"/>; when it is refused, <paramref name="reason"/> says why, without quoting it.</summary>
    public bool TryRead(string jwt, [NotNullWhen(true)] out AccessToken? token, out string reason)
    {
        token = null;
        if (jwt.Length > MaxTokenLength || !_handler.CanReadToken(jwt))
        {
            reason = "it is not a JWT";
            return false;
        }

        // HMAC validation never waits: the task is complete when it is returned.
        var result = _handler.ValidateTokenAsync(jwt, _parameters).GetAwaiter().GetResult();
        if (!result.IsValid || result.SecurityToken is not JsonWebToken verified)
        {
            reason = Explain(result.Exception);
            return false;
        }

        // The handler's own claims lose the difference between a text and a number.
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(verified.EncodedPayload));
        return TryReadClaims(verified, payload.RootElement, out token, out reason);
    }

    private static bool TryReadClaims(
        JsonWebToken verified, JsonElement claims, [NotNullWhen(true)] out AccessToken? token, out string reason)
    {
        token = null;
        if (!TryReadText(claims, "role", out var roleName) || !TryParseRole(roleName, out var role))
        {
            reason = "its role is none of platform, merchant, host, viewer, operator";
            return false;
        }

        if (!TryReadText(claims, JwtRegisteredClaimNames.Sub, out var identity)
            || !TryReadText(claims, "room", out var room)
            || !TryReadText(claims, "merchant", out var merchant))
        {
            reason = $"sub, room and merchant must be text of at most {MaxClaimLength} characters";
            return false;
        }

        if (role is AccessRole.Host or AccessRole.Viewer && string.IsNullOrEmpty(room))
        {
            reason = "a host's or viewer's token needs a room";
            return false;
        }

        if (role == AccessRole.Merchant && string.IsNullOrEmpty(merchant))
        {
            reason = "a merchant's token needs a merchant";
            return false;
        }

        // Two hosts are told apart by it.
        if (role == AccessRole.Host && string.IsNullOrEmpty(identity))
        {
            reason = "a host's token needs a sub";
            return false;
        }

        var scopes = MerchantScopes.All;
        if (claims.TryGetProperty("scope", out var scope) && !ScopeNames.TryRead(scope, out scopes))
        {
            reason = "scope must be text or a list of text";
            return false;
        }

        token = new AccessToken(
            verified.Issuer, identity ?? "", role, room, merchant, scopes,
            new DateTimeOffset(DateTime.SpecifyKind(verified.ValidTo, DateTimeKind.Utc)));
        reason = "";
        return true;
    }

    // True with null when the claim is absent; false when it is there but no text.
    private static bool TryReadText(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetProperty(name, out var element))
        {
            return true;
        }

        text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return text is { Length: <= MaxClaimLength };
    }

    private static bool TryParseRole(string? name, out AccessRole role)
    {
        foreach (var candidate in Enum.GetValues<AccessRole>())
        {
            if (NameOf(candidate) == name)
            {
                role = candidate;
                return true;
            }
        }

        role = default;
        return false;
    }

    private static string NameOf(AccessRole role) => role switch
    {
        AccessRole.Platform => "platform",
        AccessRole.Merchant => "merchant",
        AccessRole.Host => "host",
        AccessRole.Viewer => "viewer",
        AccessRole.Operator => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };

    private static string Explain(Exception? exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException => "it has expired, is not valid yet or has no exp",
        SecurityTokenInvalidAlgorithmException => "its algorithm is not HS256",
        _ => "it is malformed, its iss is no configured API key, or its signature is wrong",
    };

    private IEnumerable<SecurityKey> FindKeys(
        string token, SecurityToken securityToken, string kid, TokenValidationParameters validationParameters) =>
        securityToken is JsonWebToken jwt && _keys.TryGetValue(jwt.Issuer, out var key) ? [key] : [];

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken securityToken, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || start <= now + ClockSkew);
    }
}
