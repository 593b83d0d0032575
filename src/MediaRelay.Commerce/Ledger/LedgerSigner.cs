using System.Buffers.Text;
using System.Security.Cryptography;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Signs ledgers' heads with a private key of NIST P-256 (ECDSA with SHA-256). Thread-safe.</summary>
public sealed class LedgerSigner : IDisposable
{
    // An ECDsa object is not promised to be thread-safe.
    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    /// <param name="key">Owned by the signer from then on; throws <see cref="ArgumentException"/> when it is not of P-256.</param>
    public LedgerSigner(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        if (parameters.Curve.Oid?.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException("The key is not of the curve P-256.", nameof(key));
        }

        _key = key;
        X = Base64Url.EncodeToString(parameters.Q.X);
        Y = Base64Url.EncodeToString(parameters.Q.Y);
        KeyId = LedgerPublicKey.Thumbprint(X, Y);
    }

    public string KeyId { get; }

    /// <summary>The public point, 32 bytes each, base64url.</summary>
    public string X { get; }

    public string Y { get; }

    public LedgerCheckpoint Sign(DateTimeOffset at, LedgerHead head)
    {
        var content = LedgerCheckpoint.ContentOf(head.MerchantId, head.Seq, head.Hash, at, KeyId);
        lock (_gate)
        {
            return new LedgerCheckpoint(
                head.MerchantId, head.Seq, head.Hash, at, KeyId,
                Base64Url.EncodeToString(_key.SignData(content, HashAlgorithmName.SHA256)));
        }
    }

    public void Dispose() => _key.Dispose();
}
