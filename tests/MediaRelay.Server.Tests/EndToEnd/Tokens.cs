using MediaRelay.Server.Auth;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>Tokens as a platform mints them, with the key that exists in Development.</summary>
internal static class Tokens
{
    private static readonly AccessTokens Signer = new(
        Microsoft.Extensions.Options.Options.Create(
            new AuthOptions { Keys = { [AuthOptions.DevelopmentKey] = AuthOptions.DevelopmentSecret } }),
        TimeProvider.System);

    public static string Mint(
        AccessRole role, string identity = "tester", string? room = null, string? merchant = null, TimeSpan? lifetime = null) =>
        Signer.Mint(role, identity, lifetime ?? TimeSpan.FromHours(1), room, merchant);
}
