using System.Buffers.Binary;

namespace MediaRelay.Protocols.Rtp;

/// <summary>Writes RTP headers (RFC 3550 §5.1) and changes single fields of a written packet.</summary>
public static class RtpHeaderWriter
{
    private const byte VersionBits = 0x80;
    private const byte PaddingBit = 0x20;
    private const byte ExtensionBit = 0x10;
    private const byte MarkerBit = 0x80;

    /// <summary>Writes a header without extension and returns its length, 12 bytes.</summary>
    public static int Write(
        Span<byte> destination,
        bool marker,
        PayloadType payloadType,
        SequenceNumber sequenceNumber,
        RtpTimestamp timestamp,
        Ssrc ssrc)
    {
        // From the last field to the first: one bounds check covers all.
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp.Value);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequenceNumber.Value);
        destination[1] = (byte)((marker ? MarkerBit : 0) | (payloadType.Value & PayloadType.MaxValue));
        destination[0] = VersionBits;
        return RtpPacket.FixedHeaderLength;
    }

    /// <summary>
    /// Writes a header with an extension block (none when <paramref name="extensions"/> is empty) and returns its
    /// length in bytes: 12 + <see cref="RtpExtensionsBuilder.EncodedLength"/>. Throws when <paramref
    /// name="destination"/> is shorter.
    /// </summary>
    public static int Write(
        Span<byte> destination,
        bool marker,
        PayloadType payloadType,
        SequenceNumber sequenceNumber,
        RtpTimestamp timestamp,
        Ssrc ssrc,
        scoped in RtpExtensionsBuilder extensions)
    {
        var length = Write(destination, marker, payloadType, sequenceNumber, timestamp, ssrc);
        var extensionLength = extensions.Write(destination[length..]);
        if (extensionLength > 0)
        {
            destination[0] |= ExtensionBit;
        }

        return length + extensionLength;
    }

    public static void SetPayloadType(Span<byte> packet, PayloadType payloadType) =>
        packet[1] = (byte)((packet[1] & MarkerBit) | (payloadType.Value & PayloadType.MaxValue));

    public static void SetMarker(Span<byte> packet, bool marker) =>
        packet[1] = (byte)((packet[1] & ~MarkerBit) | (marker ? MarkerBit : 0));

    public static void SetSequenceNumber(Span<byte> packet, SequenceNumber sequenceNumber) =>
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequenceNumber.Value);

    public static void SetTimestamp(Span<byte> packet, RtpTimestamp timestamp) =>
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp.Value);

    public static void SetSsrc(Span<byte> packet, Ssrc ssrc) =>
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrc.Value);

    /// <summary>
    /// Puts <paramref name="padding"/> bytes (1–255) behind the <paramref name="length"/> bytes of a packet that has
    /// none and returns the new length: zeros, then the count, which counts itself.
    /// </summary>
    public static int AppendPadding(Span<byte> packet, int length, int padding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(padding, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, byte.MaxValue);
        packet.Slice(length, padding - 1).Clear();
        packet[length + padding - 1] = (byte)padding;
        packet[0] |= PaddingBit;
        return length + padding;
    }

    internal static void ClearPaddingBit(Span<byte> packet) => packet[0] &= unchecked((byte)~PaddingBit);
}
