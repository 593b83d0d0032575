namespace MediaRelay.Protocols.Rtp;

/// <summary>RTP payload type, 0–127; what it means is negotiated per media section (RFC 3550 §5.1).</summary>
public readonly record struct PayloadType(byte Value)
{
    public const byte MaxValue = 127;

    public override string ToString() => Value.ToString();
}
