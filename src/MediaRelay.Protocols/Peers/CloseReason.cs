namespace MediaRelay.Protocols.Peers;

/// <summary>Why a peer's session ended.</summary>
public enum CloseReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>We were asked to end it (WHIP or WHEP DELETE, room closed).</summary>
    Requested,

    /// <summary>The peer said goodbye (DTLS close_notify).</summary>
    PeerClosed,

    /// <summary>The peer did not finish ICE and DTLS in time.</summary>
    SetupTimeout,

    /// <summary>No authenticated check for the consent time (RFC 7675).</summary>
    ConsentExpired,

    /// <summary>The DTLS handshake failed.</summary>
    DtlsFailed,

    /// <summary>The peer's certificate is not the one that its SDP announced.</summary>
    FingerprintMismatch,

    /// <summary>A newer session of the same host took its place.</summary>
    Replaced,

    /// <summary>The server drains or stops.</summary>
    ServerStopping,

    /// <summary>A bug on our side, confined to this peer.</summary>
    InternalError,
}
