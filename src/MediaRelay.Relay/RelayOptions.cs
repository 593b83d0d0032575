using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Relay;

/// <summary>What the relay core needs to know.</summary>
public sealed record RelayOptions
{
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>Where peers reach the media port, most preferred first.</summary>
    public required IReadOnlyList<TransportAddress> PublicAddresses { get; init; }

    /// <summary>Viewers per room, return feeds included; 0 is no limit.</summary>
    public int MaxViewersPerRoom { get; init; } = 10_000;

    /// <summary>
    /// Makes the packets of a picture equally long by RTP padding, so that they leave in one call per viewer; only worth it where the
    /// socket segments (UDP_SEGMENT).
    /// </summary>
    public bool PadsRuns { get; init; } = true;

    /// <summary>Sessions that were answered and are not connected yet; 0 is no limit.</summary>
    public int MaxHalfOpen { get; init; } = 2_000;

    /// <summary>The longest data channel message in either direction, in bytes.</summary>
    public int MaxMessageSize { get; init; } = 61_440;
}
