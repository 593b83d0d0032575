namespace MediaRelay.Server.Auth;

/// <summary>What a verified token says.</summary>
/// <param name="ApiKey">The key that signed it (<c>iss</c>).</param>
/// <param name="Identity">Pseudonym of the bearer (<c>sub</c>); empty when a viewer's token has none.</param>
/// <param name="Role">What the bearer is.</param>
/// <param name="Room">The room that a host's or viewer's token is for.</param>
/// <param name="Merchant">The merchant that a merchant's token is for.</param>
/// <param name="Scopes">What a merchant's token covers; for other roles without meaning.</param>
/// <param name="ExpiresAt">When it stops being accepted; a session that runs then goes on.</param>
internal sealed record AccessToken(
    string ApiKey,
    string Identity,
    AccessRole Role,
    string? Room,
    string? Merchant,
    MerchantScopes Scopes,
    DateTimeOffset ExpiresAt);
