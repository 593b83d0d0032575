namespace MediaRelay.Protocols.Sctp;

/// <summary>What an association reports.</summary>
public enum SctpEventKind
{
    /// <summary>The handshake is over; data flows.</summary>
    Connected,

    /// <summary>The peer began anew (RFC 9260 §5.2.4, action A): what was sent and not acknowledged is lost, streams start at 0.</summary>
    Restarted,

    /// <summary>The peer reset its outgoing stream; everything it sent there before has been read.</summary>
    IncomingStreamReset,

    /// <summary>Our reset of an outgoing stream is over; the stream may be used again.</summary>
    OutgoingStreamReset,

    /// <summary>What is buffered for sending has fallen to the threshold.</summary>
    BufferedAmountLow,

    /// <summary>The association has ended; nothing follows.</summary>
    Closed,
}
