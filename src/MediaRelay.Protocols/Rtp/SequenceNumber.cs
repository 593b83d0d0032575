namespace MediaRelay.Protocols.Rtp;

/// <summary>16-bit RTP sequence number; all arithmetic wraps (RFC 3550 §5.1).</summary>
public readonly record struct SequenceNumber(ushort Value)
{
    public SequenceNumber Next => new((ushort)(Value + 1));

    public static SequenceNumber operator +(SequenceNumber number, int offset) => new((ushort)(number.Value + offset));

    public static SequenceNumber operator -(SequenceNumber number, int offset) => new((ushort)(number.Value - offset));

    /// <summary>
    /// Steps from this number to <paramref name="other"/>: positive when it is newer, −32,768 to 32,767.
    /// </summary>
    public int DistanceTo(SequenceNumber other) => (short)(ushort)(other.Value - Value);

    /// <summary>True when this number comes after <paramref name="other"/>, the shorter way round.</summary>
    public bool IsNewerThan(SequenceNumber other) => other.DistanceTo(this) > 0;

    public override string ToString() => Value.ToString();
}
