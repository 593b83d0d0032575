using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.Auth;

public sealed class AccessTokensTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private readonly StoppedTime _time = new(Now);
    private readonly AccessTokens _tokens;

    public AccessTokensTests()
    {
        var options = new AuthOptions { Keys = { ["shop"] = Secret, ["other"] = new string('o', 40) } };
        _tokens = new AccessTokens(new OptionsWrapper<AuthOptions>(options), _time);
    }

    [Theory]
    [InlineData(AccessRole.Platform, null, null)]
    [InlineData(AccessRole.Operator, null, null)]
    [InlineData(AccessRole.Merchant, null, "acme")]
    [InlineData(AccessRole.Host, "r1", null)]
    [InlineData(AccessRole.Viewer, "r1", null)]
    internal void TryRead_WhatWasMinted_GivesItBack(AccessRole role, string? room, string? merchant)
    {
        var jwt = _tokens.Mint(role, "someone", TimeSpan.FromMinutes(5), room, merchant, MerchantScopes.Shelf | MerchantScopes.Audit, "other");
        Assert.True(_tokens.TryRead(jwt, out var token, out _));
        Assert.Equal(
            new AccessToken("other", "someone", role, room, merchant, MerchantScopes.Shelf | MerchantScopes.Audit, Now.AddMinutes(5)), token);
    }

    [Fact]
    public void TryRead_TokenWrittenElsewhere_IsAccepted()
    {
        var jwt = Sign("""{"alg":"HS256"}""", $$"""{"iss":"shop","sub":"u","role":"platform","exp":{{Now.ToUnixTimeSeconds() + 60}}}""", Secret);
        Assert.True(_tokens.TryRead(jwt, out var token, out _));
        Assert.Equal(AccessRole.Platform, token.Role);
        Assert.Equal(MerchantScopes.All, token.Scopes);
    }

    [Theory]
    [InlineData("""{"iss":"shop","sub":"u","role":"platform"}""", "no exp")]
    [InlineData("""{"iss":"shop","sub":"u","role":"platform","exp":1799999990}""", "expired")]
    [InlineData("""{"iss":"shop","sub":"u","role":"platform","exp":1800000060,"nbf":1800000030}""", "not valid yet")]
    [InlineData("""{"iss":"nobody","sub":"u","role":"platform","exp":1800000060}""", "API key")]
    [InlineData("""{"sub":"u","role":"platform","exp":1800000060}""", "API key")]
    [InlineData("""{"iss":"other","sub":"u","role":"platform","exp":1800000060}""", "signature")]
    [InlineData("""{"iss":"shop","sub":"u","exp":1800000060}""", "role")]
    [InlineData("""{"iss":"shop","sub":"u","role":"Platform","exp":1800000060}""", "role")]
    [InlineData("""{"iss":"shop","sub":"u","role":["platform"],"exp":1800000060}""", "role")]
    [InlineData("""{"iss":"shop","sub":"u","role":"host","exp":1800000060}""", "room")]
    [InlineData("""{"iss":"shop","role":"host","room":"r","exp":1800000060}""", "sub")]
    [InlineData("""{"iss":"shop","sub":7,"role":"viewer","room":"r","exp":1800000060}""", "sub")]
    [InlineData("""{"iss":"shop","sub":"u","role":"merchant","exp":1800000060}""", "merchant")]
    [InlineData("""{"iss":"shop","sub":"u","role":"merchant","merchant":"a","scope":3,"exp":1800000060}""", "scope")]
    public void TryRead_ClaimsNotGood_SaysWhy(string payload, string expected)
    {
        Assert.False(_tokens.TryRead(Sign("""{"alg":"HS256","typ":"JWT"}""", payload, Secret), out var token, out var reason));
        Assert.Null(token);
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    public void TryRead_OtherAlgorithm_ReturnsFalse(string header)
    {
        var payload = """{"iss":"shop","sub":"u","role":"platform","exp":1800000060}""";
        Assert.False(_tokens.TryRead(Sign(header, payload, Secret), out _, out _));
        var unsigned = Sign(header, payload, Secret);
        Assert.False(_tokens.TryRead(unsigned[..(unsigned.LastIndexOf('.') + 1)], out _, out _));
    }

    [Theory]
    [InlineData("\"shelf audit\"", MerchantScopes.Shelf | MerchantScopes.Audit)]
    [InlineData("[\"publish\",\"overlay\",\"cohost\",\"moon\"]", MerchantScopes.Publish | MerchantScopes.Overlay | MerchantScopes.CoHost)]
    [InlineData("\"\"", MerchantScopes.None)]
    internal void TryRead_Scope_IsTextOrList(string scope, MerchantScopes expected)
    {
        var payload = $$"""{"iss":"shop","sub":"u","role":"merchant","merchant":"a","scope":{{scope}},"exp":1800000060}""";
        Assert.True(_tokens.TryRead(Sign("""{"alg":"HS256"}""", payload, Secret), out var token, out _));
        Assert.Equal(expected, token.Scopes);
    }

    [Fact]
    public void TryRead_CutAtEveryLengthOrChanged_ReturnsFalse()
    {
        var jwt = _tokens.Mint(AccessRole.Viewer, "v", TimeSpan.FromHours(1), room: "r");
        for (var length = 0; length < jwt.Length; length++)
        {
            Assert.False(_tokens.TryRead(jwt[..length], out _, out _));
        }

        // One bit of the payload: its own base64url digit changes, whatever it was.
        var at = jwt.IndexOf('.', StringComparison.Ordinal) + 5;
        var changed = string.Concat(jwt.AsSpan(0, at), jwt[at] == 'A' ? "B" : "A", jwt.AsSpan(at + 1));
        Assert.False(_tokens.TryRead(changed, out _, out _));
        Assert.False(_tokens.TryRead(new string('x', 100_000), out _, out _));
    }

    [Fact]
    public void TryRead_TimePassesExpiry_ReturnsFalseAfterTheSkew()
    {
        var jwt = _tokens.Mint(AccessRole.Platform, "p", TimeSpan.FromSeconds(10));
        _time.Now = Now.AddSeconds(14);
        Assert.True(_tokens.TryRead(jwt, out _, out _));
        _time.Now = Now.AddSeconds(15);
        Assert.False(_tokens.TryRead(jwt, out _, out _));
    }

    private static string Sign(string header, string payload, string secret)
    {
        var signed = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "."
            + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        var tag = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed));
        return signed + "." + Base64Url.EncodeToString(tag);
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
