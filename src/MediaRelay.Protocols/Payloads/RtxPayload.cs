using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Retransmission payloads (RFC 4588 §4): the original sequence number (OSN, 16 bits), then the original payload. The
/// packet around it has the RTX stream's own SSRC, payload type and sequence number, and the original's timestamp and
/// marker.
/// </summary>
public static class RtxPayload
{
    /// <summary>Bytes in front of the original payload.</summary>
    public const int HeaderLength = 2;

    /// <summary>
    /// Reads the OSN and what follows it. False when the payload is shorter: probing sends packets of padding alone on
    /// the RTX stream.
    /// </summary>
    public static bool TryReadOriginalSequence(
        ReadOnlySpan<byte> payload, out SequenceNumber original, out ReadOnlySpan<byte> originalPayload)
    {
        if (payload.Length < HeaderLength)
        {
            original = default;
            originalPayload = default;
            return false;
        }

        original = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(payload));
        originalPayload = payload[HeaderLength..];
        return true;
    }

    /// <summary>
    /// Writes OSN and original payload and returns the length in bytes. Throws when the destination is too short.
    /// </summary>
    public static int Write(Span<byte> destination, SequenceNumber original, ReadOnlySpan<byte> originalPayload)
    {
        originalPayload.CopyTo(destination[HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, original.Value);
        return HeaderLength + originalPayload.Length;
    }

    /// <summary>
    /// Turns a retransmission back into the packet that was lost: its sequence number, <paramref name="payloadType"/>
    /// and
    /// <paramref name="ssrc"/>, without padding; header extensions stay as they are. False when it carries no original;
    /// throws when the destination is shorter than the packet.
    /// </summary>
    public static bool TryRestore(
        in RtpPacket retransmission, PayloadType payloadType, Ssrc ssrc, Span<byte> destination, out int length)
    {
        length = 0;
        if (!TryReadOriginalSequence(retransmission.Payload, out var original, out var payload))
        {
            return false;
        }

        retransmission.Header.CopyTo(destination);
        payload.CopyTo(destination[retransmission.HeaderLength..]);
        RtpHeaderWriter.ClearPaddingBit(destination);
        RtpHeaderWriter.SetPayloadType(destination, payloadType);
        RtpHeaderWriter.SetSequenceNumber(destination, original);
        RtpHeaderWriter.SetSsrc(destination, ssrc);
        length = retransmission.HeaderLength + payload.Length;
        return true;
    }
}
