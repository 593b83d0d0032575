namespace MediaRelay.Protocols.Network;

/// <summary>
/// Where a datagram came from and which of our addresses it reached; an answer goes back along the same path, so that it leaves
/// from the address that the peer knows.
/// </summary>
public readonly record struct NetworkPath(TransportAddress Local, TransportAddress Remote)
{
    public override string ToString() => $"{Local}<-{Remote}";
}
