namespace MediaRelay.Protocols.Sctp;

/// <summary>Where a chunk is on its way.</summary>
internal enum OutgoingChunkState : byte
{
    /// <summary>Not sent yet; it has no TSN.</summary>
    Pending,

    /// <summary>Sent, and neither acknowledged nor thought lost.</summary>
    InFlight,

    /// <summary>Acknowledged by a gap block; the peer may still take that back (RFC 9260 §6.2.1).</summary>
    Acknowledged,

    /// <summary>Thought lost; to be sent again.</summary>
    ToRetransmit,

    /// <summary>Given up; the peer is told by FORWARD-TSN (RFC 3758 §3.5).</summary>
    Abandoned,
}
