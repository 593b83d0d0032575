namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// 32-bit RTP timestamp in ticks of the payload's clock (90 kHz video, 48 kHz Opus); all arithmetic wraps.
/// </summary>
public readonly record struct RtpTimestamp(uint Value)
{
    public static RtpTimestamp operator +(RtpTimestamp timestamp, long ticks) => new((uint)(timestamp.Value + ticks));

    public static RtpTimestamp operator -(RtpTimestamp timestamp, long ticks) => new((uint)(timestamp.Value - ticks));

    /// <summary>Ticks from this timestamp to <paramref name="other"/>: positive when it is later.</summary>
    public int DistanceTo(RtpTimestamp other) => (int)(other.Value - Value);

    /// <summary>True when this timestamp comes after <paramref name="other"/>, the shorter way round.</summary>
    public bool IsNewerThan(RtpTimestamp other) => other.DistanceTo(this) > 0;

    public override string ToString() => Value.ToString();
}
