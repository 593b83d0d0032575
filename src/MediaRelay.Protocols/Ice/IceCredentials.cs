using System.Security.Cryptography;

namespace MediaRelay.Protocols.Ice;

/// <summary>User name fragment and password of one side for one ICE generation (RFC 8445 §5.3). Both are ASCII ice-chars.</summary>
public readonly record struct IceCredentials(string Ufrag, string Password)
{
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    // RFC 8445 §5.3 asks for 24 and 128 bits at least; the fragment is also the key by which a new address finds its session.
    private const int UfragLength = 12;
    private const int PasswordLength = 24;

    public static IceCredentials Create() => new(
        RandomNumberGenerator.GetString(IceChars, UfragLength),
        RandomNumberGenerator.GetString(IceChars, PasswordLength));

    /// <summary>Leaves the password out, so that it cannot reach a log.</summary>
    public override string ToString() => Ufrag;
}
