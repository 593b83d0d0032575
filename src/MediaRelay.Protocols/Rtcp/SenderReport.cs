using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// SR (RFC 3550 §6.4.1): what the sender sent, and which RTP timestamp belongs to which wall-clock time.
/// <code>
/// |                        SSRC of sender                         |
/// |              NTP timestamp (64)   |   RTP timestamp (32)      |
/// |     sender's packet count (32)    | sender's octet count (32) |
/// |                     report blocks (24 bytes each) …           |
/// </code>
/// </summary>
public readonly ref struct SenderReport
{
    internal const int BodyLength = 24;

    private readonly RtcpPacket _packet;

    private SenderReport(RtcpPacket packet) => _packet = packet;

    public Ssrc SenderSsrc => _packet.ReadSsrc(0);

    /// <summary>On the sender's clock, which need not be anybody else's.</summary>
    public NtpTime NtpTime => new(BinaryPrimitives.ReadUInt64BigEndian(_packet.Body[4..]));

    public RtpTimestamp RtpTimestamp => new(BinaryPrimitives.ReadUInt32BigEndian(_packet.Body[12..]));

    public uint PacketCount => BinaryPrimitives.ReadUInt32BigEndian(_packet.Body[16..]);

    /// <summary>Payload bytes, without headers and padding.</summary>
    public uint OctetCount => BinaryPrimitives.ReadUInt32BigEndian(_packet.Body[20..]);

    public ReportBlockList ReportBlocks => new(_packet.Body.Slice(BodyLength, _packet.Count * ReportBlock.Length));

    /// <summary>
    /// False for another packet type, and when the body is shorter than its blocks. Profile extensions are passed over.
    /// </summary>
    public static bool TryParse(in RtcpPacket packet, out SenderReport report)
    {
        var isValid = packet.Type == RtcpType.SenderReport
            && packet.Body.Length >= BodyLength + (packet.Count * ReportBlock.Length);
        report = isValid ? new SenderReport(packet) : default;
        return isValid;
    }
}
