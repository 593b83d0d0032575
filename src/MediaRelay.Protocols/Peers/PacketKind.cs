namespace MediaRelay.Protocols.Peers;

/// <summary>What <see cref="PeerConnection.Receive"/> left for the caller.</summary>
public enum PacketKind
{
    /// <summary>Nothing: it was for ICE, DTLS or SCTP, or it was dropped and counted.</summary>
    None,

    /// <summary>A plain RTP packet.</summary>
    Rtp,

    /// <summary>A plain RTCP compound packet.</summary>
    Rtcp,
}
