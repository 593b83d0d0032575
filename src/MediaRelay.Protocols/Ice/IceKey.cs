using System.Text;
using MediaRelay.Protocols.Stun;

namespace MediaRelay.Protocols.Ice;

/// <summary>Signs and checks STUN messages with an ICE password, without making a byte array of it (RFC 8489 §9.1.1).</summary>
internal static class IceKey
{
    /// <summary>RFC 8839 §5.4 allows 256 ice-chars; ASCII, so as many bytes.</summary>
    public const int MaxLength = 256;

    public static bool Verify(in StunMessage message, string password)
    {
        Span<byte> key = stackalloc byte[MaxLength];
        return message.TryVerifyIntegrity(key[..Encode(password, key)]);
    }

    /// <summary>Ends a message with MESSAGE-INTEGRITY and FINGERPRINT.</summary>
    public static void Sign(ref StunMessageWriter writer, string password)
    {
        Span<byte> key = stackalloc byte[MaxLength];
        writer.AddIntegrity(key[..Encode(password, key)]);
        writer.AddFingerprint();
    }

    private static int Encode(string password, Span<byte> key) => Encoding.UTF8.TryGetBytes(password, key, out var length)
        ? length
        : throw new ArgumentException("An ICE password has at most 256 ASCII characters.", nameof(password));
}
