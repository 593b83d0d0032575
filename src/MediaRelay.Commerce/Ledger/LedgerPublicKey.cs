using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// A key that checkpoints are checked with: a point of NIST P-256, as in a JSON Web Key (RFC 7518 §6.2).
/// </summary>
/// <param name="KeyId">
/// The key's RFC 7638 thumbprint, so that who knows the id knows the key: nobody can put another one in its place.
/// </param>
/// <param name="X">32 bytes, base64url.</param>
/// <param name="Y">32 bytes, base64url.</param>
/// <param name="Since">When this relay first signed with it.</param>
public sealed record LedgerPublicKey(string KeyId, string X, string Y, DateTimeOffset Since)
{
    /// <summary>The id that a point has: base64url of SHA-256 over its required members in order (RFC 7638 §3).</summary>
    public static string Thumbprint(string x, string y) => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));

    /// <summary>Whether a signature over the content is this key's; false also for a point that is none.</summary>
    public bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        if (Thumbprint(X, Y) != KeyId || !Base64Url.IsValid(X) || !Base64Url.IsValid(Y))
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64Url.DecodeFromChars(X), Y = Base64Url.DecodeFromChars(Y) },
            });
            return key.VerifyData(content, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            // What a database holds may have been changed to a point beside the curve.
            return false;
        }
    }
}
