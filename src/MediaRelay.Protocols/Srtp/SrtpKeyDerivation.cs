using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// Session keys from a master key and salt by the AES-CM function with key derivation rate 0 (RFC 3711 §4.3; for GCM RFC 7714 §11,
/// whose shorter salt is filled with zeros on the right).
/// </summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    private const int BlockLength = 16;

    /// <summary>Fills <paramref name="output"/> with the session key or salt of <paramref name="label"/>.</summary>
    public static void Derive(
        ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> output)
    {
        // The salt stands above the 16 bits that count blocks. The label is the 8 bits above the 48-bit index (RFC 3711 §4.3.1), which
        // makes it the last byte of the block's first half.
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        masterSalt.CopyTo(block);
        var high = BinaryPrimitives.ReadUInt64BigEndian(block) ^ label;
        var low = BinaryPrimitives.ReadUInt64BigEndian(block[sizeof(ulong)..]);

        output.Clear();
        using var cipher = CounterCipher.Create(masterKey);
        cipher.Transform(high, low, output, output);
        CryptographicOperations.ZeroMemory(block);
    }
}
