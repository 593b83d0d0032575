using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// A received SCTP packet (RFC 9260 §3): the common header, and chunks that are still to be checked.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |      Source Port Number       |    Destination Port Number    |
/// |                       Verification Tag                        |
/// |                           Checksum                            |
/// </code>
/// </summary>
internal readonly ref struct SctpPacket
{
    public const int HeaderLength = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    private SctpPacket(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>As on the wire, least significant byte first (RFC 9260 Appendix A).</summary>
    public uint Checksum => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    public ReadOnlySpan<byte> Chunks => _bytes[HeaderLength..];

    public SctpChunkType FirstChunkType => (SctpChunkType)_bytes[HeaderLength];

    /// <summary>False when there is no room for the header and one chunk header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out SctpPacket packet)
    {
        packet = new SctpPacket(datagram);
        return datagram.Length >= HeaderLength + SctpChunk.HeaderLength;
    }

    public bool HasValidChecksum => ComputeChecksum(_bytes) == Checksum;

    /// <summary>The checksum of a packet, its own field taken as zero.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> packet)
    {
        var crc = Crc32c.Update(uint.MaxValue, packet[..8]);
        crc = Crc32c.Update(crc, [0, 0, 0, 0]);
        return ~Crc32c.Update(crc, packet[HeaderLength..]);
    }
}
