namespace MediaRelay.Protocols.Sctp;

/// <summary>Timers of an association.</summary>
internal enum SctpTimer
{
    /// <summary>T1-init and T1-cookie: INIT or COOKIE ECHO is repeated (RFC 9260 §4).</summary>
    Handshake,

    /// <summary>T3-rtx: what is outstanding counts as lost (RFC 9260 §6.3.3).</summary>
    Retransmission,

    /// <summary>T2-shutdown: SHUTDOWN or SHUTDOWN ACK is repeated (RFC 9260 §9.2).</summary>
    Shutdown,

    /// <summary>T5-shutdown-guard: a shutdown that takes too long becomes an abort (RFC 9260 §9.2).</summary>
    ShutdownGuard,

    /// <summary>An acknowledgement has waited long enough (RFC 9260 §6.2).</summary>
    DelayedAck,

    /// <summary>A stream reset was not answered (RFC 6525 §5.1.1).</summary>
    Reconfig,

    /// <summary>The next heartbeat is due (RFC 9260 §8.3).</summary>
    Heartbeat,

    /// <summary>A heartbeat was not answered (RFC 9260 §8.3).</summary>
    HeartbeatAnswer,
}
