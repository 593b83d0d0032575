using System.Buffers.Binary;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Walks a compound RTCP packet (RFC 3550 §6.1), or a reduced-size one (RFC 5506), without copying. <see
/// cref="TryParse"/> checks version, lengths and padding of all its packets first, so that a compound is taken whole or
/// not at all.
/// </summary>
public ref struct RtcpReader
{
    private const int Version = 2;
    private const byte PaddingBit = 0x20;
    private const byte CountMask = 0x1F;

    private ReadOnlySpan<byte> _rest;

    private RtcpReader(ReadOnlySpan<byte> compound) => _rest = compound;

    /// <summary>False when it is empty, cut short, of another version, or padded wrongly.</summary>
    public static bool TryParse(ReadOnlySpan<byte> compound, out RtcpReader reader)
    {
        reader = default;
        if (compound.IsEmpty)
        {
            return false;
        }

        var rest = compound;
        while (!rest.IsEmpty)
        {
            if (!TryRead(rest, out _, out var length))
            {
                return false;
            }

            rest = rest[length..];
        }

        reader = new RtcpReader(compound);
        return true;
    }

    /// <summary>
    /// True when a datagram that has passed RFC 7983's test for RTP or RTCP is RTCP: RFC 5761 §4 keeps the payload
    /// types 64–95, whose second byte would look like an RTCP packet type, free.
    /// </summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) => datagram.Length > 1 && datagram[1] is >= 192 and <= 223;

    /// <summary>The next packet, of whatever type; false at the end.</summary>
    public bool TryReadNext(out RtcpPacket packet)
    {
        if (_rest.IsEmpty || !TryRead(_rest, out packet, out var length))
        {
            packet = default;
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> rest, out RtcpPacket packet, out int length)
    {
        packet = default;
        length = 0;
        if (rest.Length < RtcpPacket.HeaderLength || rest[0] >> 6 != Version)
        {
            return false;
        }

        length = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1) * 4;
        if (length > rest.Length)
        {
            return false;
        }

        var padding = 0;
        if ((rest[0] & PaddingBit) != 0)
        {
            // RFC 3550 §6.4.1: the last byte counts the padding, itself included.
            padding = rest[length - 1];
            if (padding == 0 || padding > length - RtcpPacket.HeaderLength)
            {
                return false;
            }
        }

        packet = new RtcpPacket(
            (RtcpType)rest[1], rest[0] & CountMask, rest[RtcpPacket.HeaderLength..(length - padding)]);
        return true;
    }
}
