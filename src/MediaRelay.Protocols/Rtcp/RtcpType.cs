namespace MediaRelay.Protocols.Rtcp;

/// <summary>RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2).</summary>
public enum RtcpType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Goodbye = 203,
    Application = 204,

    /// <summary>RTPFB: the count field says which, see <see cref="TransportLayerFeedback"/>.</summary>
    TransportLayerFeedback = 205,

    /// <summary>PSFB: the count field says which, see <see cref="PayloadSpecificFeedback"/>.</summary>
    PayloadSpecificFeedback = 206,

    ExtendedReport = 207,
}
