using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Stun;

/// <summary>The 96 bits that tie a STUN response to its request (RFC 8489 §5).</summary>
public readonly record struct TransactionId(ulong High, uint Low)
{
    public const int Length = 12;

    public static TransactionId Create()
    {
        // Unpredictable, so that nobody off the path can answer for the peer.
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>Reads the first 12 bytes of <paramref name="source"/>.</summary>
    public static TransactionId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[8..]));

    /// <summary>Writes 12 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Low);
    }
}
