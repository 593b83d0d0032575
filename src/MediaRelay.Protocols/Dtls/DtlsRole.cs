namespace MediaRelay.Protocols.Dtls;

/// <summary>Who begins the handshake: the side that is "active" in SDP is the client (RFC 8842 §5).</summary>
public enum DtlsRole
{
    Client,
    Server,
}
