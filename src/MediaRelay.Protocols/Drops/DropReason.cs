namespace MediaRelay.Protocols.Drops;

/// <summary>Why a datagram or message from a peer was dropped. One sentence each; the metric's label is the name in snake case.</summary>
public enum DropReason
{
    /// <summary>The first byte belongs to no protocol of RFC 7983.</summary>
    Unclassified,

    /// <summary>No session has the address that it came from.</summary>
    UnknownAddress,

    /// <summary>STUN that does not parse.</summary>
    StunMalformed,

    /// <summary>STUN for a user name fragment that no session has.</summary>
    StunUnknownUser,

    /// <summary>STUN whose MESSAGE-INTEGRITY or FINGERPRINT is wrong.</summary>
    StunUnauthenticated,

    /// <summary>STUN that is no Binding request, nor an answer to one that is open.</summary>
    StunUnexpected,

    /// <summary>DTLS from an address that passed no authenticated STUN check.</summary>
    DtlsBeforeStun,

    /// <summary>A DTLS record that is malformed or that OpenSSL refused.</summary>
    DtlsMalformed,

    /// <summary>The peer's certificate is not the one that its SDP announced.</summary>
    DtlsFingerprintMismatch,

    /// <summary>SRTP or SRTCP before the DTLS handshake was over.</summary>
    SrtpBeforeKeys,

    /// <summary>An RTP header that does not parse.</summary>
    RtpMalformed,

    /// <summary>RTP with an SSRC, mid and payload type that fit no negotiated track.</summary>
    RtpUnknownSsrc,

    /// <summary>RTP with a payload type that was not negotiated.</summary>
    RtpUnknownPayloadType,

    /// <summary>RTP that was received already, or is too old to tell.</summary>
    SrtpReplayed,

    /// <summary>SRTP or SRTCP whose authentication tag is wrong.</summary>
    SrtpAuthFailed,

    /// <summary>SRTP or SRTCP too short for its header and tag, or SRTCP that is not encrypted.</summary>
    SrtpMalformed,

    /// <summary>SRTP or SRTCP with a new SSRC when the session has as many as it may.</summary>
    SrtpTooManySources,

    /// <summary>RTCP that does not parse.</summary>
    RtcpMalformed,

    /// <summary>SCTP that does not parse, or whose checksum is wrong.</summary>
    SctpMalformed,

    /// <summary>SCTP with a verification tag that is not the association's.</summary>
    SctpBadTag,

    /// <summary>A data channel message larger than what was negotiated.</summary>
    MessageTooLarge,

    /// <summary>A message on a data channel that does not parse.</summary>
    MessageMalformed,

    /// <summary>A message over the sender's rate limit.</summary>
    MessageRateLimited,

    /// <summary>A bounded queue was full.</summary>
    QueueFull,

    /// <summary>A message from a peer that may not send it.</summary>
    NotPermitted,
}
