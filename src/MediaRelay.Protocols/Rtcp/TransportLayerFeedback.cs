namespace MediaRelay.Protocols.Rtcp;

/// <summary>Feedback message types of RTPFB packets.</summary>
public static class TransportLayerFeedback
{
    /// <summary>RFC 4585 §6.2.1.</summary>
    public const int Nack = 1;

    /// <summary>draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.</summary>
    public const int TransportWide = 15;
}
