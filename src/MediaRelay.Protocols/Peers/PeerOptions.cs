using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;

namespace MediaRelay.Protocols.Peers;

/// <summary>What one peer connection starts from: our side and what the peer's SDP said.</summary>
public sealed record PeerOptions
{
    /// <summary>The process's certificate; shared by all peers.</summary>
    public required DtlsCertificate Certificate { get; init; }

    public required IceCredentials LocalCredentials { get; init; }

    public required IceCredentials RemoteCredentials { get; init; }

    public required Fingerprint RemoteFingerprint { get; init; }

    /// <summary>For a client: the server's SDP said <c>a=setup:active</c>, so we wait for its ClientHello (RFC 8842 §5.3).</summary>
    public bool IsDtlsServer { get; init; }

    /// <summary>Where the data channels' buffers come from while they are in use.</summary>
    public required PacketPool Pool { get; init; }

    /// <summary>An SCTP association is wanted (the SDP has an application section).</summary>
    public bool HasData { get; init; }

    /// <summary>The peer's max-message-size; 0 is any.</summary>
    public int RemoteMaxMessageSize { get; init; } = 65_536;

    /// <summary>The largest message that we take; what our SDP announces.</summary>
    public int LocalMaxMessageSize { get; init; } = 65_536;

    /// <summary>Bytes that may wait in the association for sending.</summary>
    public int DataSendBuffer { get; init; } = 131_072;

    public ushort RemoteSctpPort { get; init; } = 5000;

    /// <summary>ICE and DTLS must be done within this time, or the peer is dropped.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without an authenticated check for this long the peer is gone (RFC 7675 §5.1 says 30 s).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
