namespace MediaRelay.Protocols.Sctp;

/// <summary>What one side states about itself in INIT or INIT ACK (RFC 9260 §3.3.2).</summary>
internal readonly record struct SctpPeerTerms(
    uint Tag,
    uint Window,
    ushort OutgoingStreams,
    ushort IncomingStreams,
    Tsn InitialTsn,
    SctpExtensions Extensions)
{
    /// <summary>RFC 9260 §3.3.2: neither the tag nor a number of streams may be zero.</summary>
    public bool IsValid => Tag != 0 && OutgoingStreams != 0 && IncomingStreams != 0;

    public bool Supports(SctpExtensions extension) => (Extensions & extension) != SctpExtensions.None;
}
