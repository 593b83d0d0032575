namespace MediaRelay.Protocols.Sctp;

/// <summary>What the peer said it supports beyond RFC 9260.</summary>
[Flags]
internal enum SctpExtensions : byte
{
    None = 0,

    /// <summary>Partial reliability, RFC 3758.</summary>
    ForwardTsn = 1,

    /// <summary>Stream reconfiguration, RFC 6525.</summary>
    Reconfig = 2,

    /// <summary>A checksum of zero over DTLS, RFC 9653.</summary>
    ZeroChecksum = 4,
}
