using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>RR (RFC 3550 §6.4.2): the reporter's SSRC, then report blocks.</summary>
public readonly ref struct ReceiverReport
{
    internal const int BodyLength = 4;

    private readonly RtcpPacket _packet;

    private ReceiverReport(RtcpPacket packet) => _packet = packet;

    public Ssrc SenderSsrc => _packet.ReadSsrc(0);

    public ReportBlockList ReportBlocks => new(_packet.Body.Slice(BodyLength, _packet.Count * ReportBlock.Length));

    /// <summary>False for another packet type, and when the body is shorter than its blocks.</summary>
    public static bool TryParse(in RtcpPacket packet, out ReceiverReport report)
    {
        var isValid = packet.Type == RtcpType.ReceiverReport
            && packet.Body.Length >= BodyLength + (packet.Count * ReportBlock.Length);
        report = isValid ? new ReceiverReport(packet) : default;
        return isValid;
    }
}
