namespace MediaRelay.Client.Hosts;

/// <summary>How a <see cref="HeadlessHost"/> sends.</summary>
public sealed record HostOptions
{
    /// <summary>
    /// A picture's packets are spread evenly over this time, as an encoder's pacer does; zero sends them as one burst. Should be
    /// shorter than the time between two pictures.
    /// </summary>
    public TimeSpan Pacing { get; init; }

    /// <summary>Longest RTP payload in bytes.</summary>
    public int MaxPayloadLength { get; init; } = Protocols.Payloads.VideoPacketizer.DefaultMaxPayloadLength;

    /// <summary>Sender reports go out this often (RFC 3550 §6.2 asks for 5 s at most by default; mixers want the clock sooner).</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Packets of each track that are kept for resending; a power of two. About 3 s at 1.5 Mbit/s.</summary>
    public int CachedPackets { get; init; } = 512;

    /// <summary>The share (0–1) of RTP packets, resent ones included, that are not given to the socket: a lossy uplink.</summary>
    public double UplinkLoss { get; init; }
}
