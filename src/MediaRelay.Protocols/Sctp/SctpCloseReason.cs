namespace MediaRelay.Protocols.Sctp;

/// <summary>Why an association ended.</summary>
public enum SctpCloseReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Either side shut it down and everything was delivered.</summary>
    Shutdown,

    /// <summary>We aborted it.</summary>
    LocalAbort,

    /// <summary>The peer aborted it.</summary>
    PeerAbort,

    /// <summary>The peer did not answer the handshake.</summary>
    HandshakeTimeout,

    /// <summary>The peer stopped acknowledging.</summary>
    ConnectionLost,

    /// <summary>The peer broke the protocol beyond repair.</summary>
    ProtocolViolation,
}
