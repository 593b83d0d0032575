using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>PLI (RFC 4585 §6.3.1): the receiver needs a key frame.</summary>
public readonly record struct PictureLossIndication(Ssrc SenderSsrc, Ssrc MediaSsrc)
{
    /// <summary>False for another packet.</summary>
    public static bool TryParse(in RtcpPacket packet, out PictureLossIndication indication)
    {
        var isValid = packet.IsPictureLossIndication;
        indication = isValid ? new PictureLossIndication(packet.ReadSsrc(0), packet.ReadSsrc(4)) : default;
        return isValid;
    }
}
