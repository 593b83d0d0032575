using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// One packet of a compound; the views (<see cref="SenderReport"/>, <see cref="Nack"/> …) read its body.
/// <code>
/// |V=2|P| count/FMT |   packet type  |  length in 32-bit words − 1  |
/// </code>
/// </summary>
public readonly ref struct RtcpPacket
{
    internal const int HeaderLength = 4;

    // Packet sender and media source in front of every feedback message (RFC 4585 §6.1).
    internal const int FeedbackHeaderLength = 8;

    internal RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>May be a value that the enum does not name; such a packet is passed over.</summary>
    public RtcpType Type { get; }

    /// <summary>The five bits after the padding bit: report or source count, or the feedback message type.</summary>
    public int Count { get; }

    /// <summary>What follows the four-byte header, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public bool IsPictureLossIndication =>
        IsFeedback(RtcpType.PayloadSpecificFeedback, PayloadSpecificFeedback.PictureLossIndication);

    internal Ssrc ReadSsrc(int offset) => new(BinaryPrimitives.ReadUInt32BigEndian(Body[offset..]));

    internal bool IsFeedback(RtcpType type, int format) =>
        Type == type && Count == format && Body.Length >= FeedbackHeaderLength;
}
