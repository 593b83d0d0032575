using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

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

    // The label is the 8 bits above the 48-bit index in a 112-bit number (RFC 3711 §4.3.1).
    private const int LabelOffset = 7;

    /// <summary>Fills <paramref name="output"/> with the session key or salt of <paramref name="label"/>.</summary>
    [SuppressMessage("Security", "CA5358", Justification = "ECB over counter blocks is the counter mode of RFC 3711 §4.1.1")]
    public static void Derive(
        ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> output)
    {
        Span<byte> counters = stackalloc byte[4 * BlockLength];
        counters = counters[..((output.Length + BlockLength - 1) / BlockLength * BlockLength)];
        counters.Clear();
        for (var offset = 0; offset < counters.Length; offset += BlockLength)
        {
            masterSalt.CopyTo(counters[offset..]);
            counters[offset + LabelOffset] ^= label;
            counters[offset + BlockLength - 1] = (byte)(offset / BlockLength);
        }

        Span<byte> keystream = stackalloc byte[counters.Length];
        using var aes = Aes.Create();
        aes.SetKey(masterKey);
        aes.EncryptEcb(counters, keystream, PaddingMode.None);
        keystream[..output.Length].CopyTo(output);
        CryptographicOperations.ZeroMemory(keystream);
    }
}
