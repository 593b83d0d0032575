namespace MediaRelay.Protocols.Rtcp;

/// <summary>BYE (RFC 3550 §6.6): sources that send no more.</summary>
public readonly ref struct Goodbye
{
    private Goodbye(SsrcList sources) => Sources = sources;

    public SsrcList Sources { get; }

    /// <summary>
    /// False for another packet type, and when the body is shorter than its sources. A reason is passed over.
    /// </summary>
    public static bool TryParse(in RtcpPacket packet, out Goodbye goodbye)
    {
        var length = packet.Count * sizeof(uint);
        var isValid = packet.Type == RtcpType.Goodbye && packet.Body.Length >= length;
        goodbye = isValid ? new Goodbye(new SsrcList(packet.Body[..length])) : default;
        return isValid;
    }
}
