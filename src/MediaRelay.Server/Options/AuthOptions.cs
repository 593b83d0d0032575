namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Auth</c>: the keys that sign access tokens.</summary>
internal sealed class AuthOptions
{
    public const string Section = "MediaRelay:Auth";

    /// <summary>HMAC-SHA256 wants a key at least as long as its output (RFC 7518 §3.2). In bytes.</summary>
    public const int MinSecretBytes = 32;

    /// <summary>The key that exists in environment Development, so that a first start needs no setting.</summary>
    public const string DevelopmentKey = "devkey";

    public const string DevelopmentSecret = "devsecret-devsecret-devsecret-dev";

    /// <summary>API key (a token's <c>iss</c>) → secret of at least 32 bytes. Several allow rotation.</summary>
    public Dictionary<string, string> Keys { get; set; } = [];
}
