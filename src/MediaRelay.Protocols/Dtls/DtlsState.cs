namespace MediaRelay.Protocols.Dtls;

/// <summary>How far a <see cref="DtlsTransport"/> is.</summary>
public enum DtlsState
{
    /// <summary>Not started; it costs nothing but its object.</summary>
    New,

    /// <summary>The handshake is under way, or a server waits for its first datagram.</summary>
    Handshaking,

    /// <summary>The peer holds the certificate that its SDP announced; keys can be exported.</summary>
    Connected,

    /// <summary>One side has sent close_notify. Final.</summary>
    Closed,

    /// <summary>The handshake failed, the certificate is another, or the peer sent a fatal alert. Final.</summary>
    Failed,
}
