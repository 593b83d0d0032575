using System.Security.Cryptography;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// The keys of both directions for the cipher suites with AES_128_GCM_SHA256: client key, server key, client salt, server salt
/// (RFC 5246 §6.3, RFC 5288 §3).
/// </summary>
internal sealed class TrafficKeys : IDisposable
{
    public const int KeyLength = 16;

    /// <summary>The part of a nonce that is not sent.</summary>
    public const int SaltLength = 4;

    private readonly byte[] _block;

    /// <param name="masterSecret">48 bytes.</param>
    /// <param name="clientRandom">32 bytes.</param>
    /// <param name="serverRandom">32 bytes.</param>
    public TrafficKeys(ReadOnlySpan<byte> masterSecret, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom)
    {
        _block = new byte[2 * (KeyLength + SaltLength)];
        Expand(masterSecret, "key expansion"u8, [.. serverRandom, .. clientRandom], _block);
    }

    public ReadOnlySpan<byte> Key(DtlsRole writer) => _block.AsSpan(writer == DtlsRole.Client ? 0 : KeyLength, KeyLength);

    public ReadOnlySpan<byte> Salt(DtlsRole writer) =>
        _block.AsSpan((2 * KeyLength) + (writer == DtlsRole.Client ? 0 : SaltLength), SaltLength);

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_block);

    /// <summary>The pseudorandom function of TLS 1.2 with SHA-256 (RFC 5246 §5).</summary>
    internal static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        const int HashLength = HMACSHA256.HashSizeInBytes;

        // A(i) and behind it label and seed, which each output block hashes together.
        Span<byte> input = stackalloc byte[HashLength + label.Length + seed.Length];
        label.CopyTo(input[HashLength..]);
        seed.CopyTo(input[(HashLength + label.Length)..]);
        Span<byte> block = stackalloc byte[HashLength];
        HMACSHA256.HashData(secret, input[HashLength..], input);
        while (!destination.IsEmpty)
        {
            HMACSHA256.HashData(secret, input, block);
            var length = Math.Min(HashLength, destination.Length);
            block[..length].CopyTo(destination);
            destination = destination[length..];
            HMACSHA256.HashData(secret, input[..HashLength], input);
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
