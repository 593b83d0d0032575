using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Receiver estimated maximum bit rate (draft-alvestrand-rmcat-remb-03 §2).
/// <code>
/// |  'R' 'E' 'M' 'B'  | num SSRC (8) | exponent (6) | mantissa (18) |  SSRC feedback … |
/// </code>
/// </summary>
public readonly ref struct Remb
{
    internal const int FixedLength = 8;

    private Remb(Ssrc senderSsrc, long bitsPerSecond, SsrcList sources)
    {
        SenderSsrc = senderSsrc;
        BitsPerSecond = bitsPerSecond;
        Sources = sources;
    }

    internal static ReadOnlySpan<byte> Identifier => "REMB"u8;

    public Ssrc SenderSsrc { get; }

    /// <summary>
    /// What the receiver thinks fits, for all <see cref="Sources"/> together; <see cref="long.MaxValue"/> at most.
    /// </summary>
    public long BitsPerSecond { get; }

    public SsrcList Sources { get; }

    /// <summary>False for another packet, and when it is shorter than its sources.</summary>
    public static bool TryParse(in RtcpPacket packet, out Remb remb)
    {
        remb = default;
        if (!packet.IsFeedback(RtcpType.PayloadSpecificFeedback, PayloadSpecificFeedback.ApplicationLayer))
        {
            return false;
        }

        var message = packet.Body[RtcpPacket.FeedbackHeaderLength..];
        if (message.Length < FixedLength || !message.StartsWith(Identifier))
        {
            return false;
        }

        var length = message[4] * sizeof(uint);
        if (message.Length < FixedLength + length)
        {
            return false;
        }

        var exponent = message[5] >> 2;
        var mantissa = (long)(BinaryPrimitives.ReadUInt32BigEndian(message[4..]) & 0x3_FFFF);
        var bitsPerSecond = mantissa > long.MaxValue >> exponent ? long.MaxValue : mantissa << exponent;
        remb = new Remb(packet.ReadSsrc(0), bitsPerSecond, new SsrcList(message.Slice(FixedLength, length)));
        return true;
    }
}
