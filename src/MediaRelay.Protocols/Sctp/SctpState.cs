namespace MediaRelay.Protocols.Sctp;

/// <summary>States of an association (RFC 9260 §4).</summary>
internal enum SctpState
{
    /// <summary>Waiting for the peer's INIT, or for <see cref="SctpAssociation.Connect"/>.</summary>
    Closed,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownPending,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,

    /// <summary>Over for good: an association object lives once.</summary>
    Ended,
}
