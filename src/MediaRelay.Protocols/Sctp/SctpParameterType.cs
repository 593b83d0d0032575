namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Parameter types that are understood (RFC 9260 §3.3.2.1 and §3.3.3.1, RFC 3758 §3.1, RFC 5061 §4.2.7, RFC 6525 §4, RFC 9653
/// §4). The two highest bits of an unknown one work as in <see cref="SctpChunkType"/>.
/// </summary>
internal enum SctpParameterType : ushort
{
    HeartbeatInfo = 1,
    Ipv4Address = 5,
    Ipv6Address = 6,
    StateCookie = 7,
    UnrecognizedParameter = 8,
    CookiePreservative = 9,
    HostNameAddress = 11,
    SupportedAddressTypes = 12,
    OutgoingSsnResetRequest = 13,
    IncomingSsnResetRequest = 14,
    SsnTsnResetRequest = 15,
    ReconfigResponse = 16,
    AddOutgoingStreamsRequest = 17,
    AddIncomingStreamsRequest = 18,
    EcnCapable = 0x8000,
    ZeroChecksumAcceptable = 0x8001,
    Random = 0x8002,
    ChunkList = 0x8003,
    HmacAlgorithm = 0x8004,
    Padding = 0x8005,
    SupportedExtensions = 0x8008,
    ForwardTsnSupported = 0xC000,
    AdaptationLayerIndication = 0xC006,
}
