namespace MediaRelay.Protocols.Rtp;

/// <summary>Synchronization source: names one RTP stream on one transport (RFC 3550 §3).</summary>
public readonly record struct Ssrc(uint Value)
{
    public override string ToString() => Value.ToString("x8");
}
