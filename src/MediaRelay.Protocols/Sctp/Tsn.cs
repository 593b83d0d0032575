namespace MediaRelay.Protocols.Sctp;

/// <summary>A transmission sequence number; compared in serial number arithmetic (RFC 9260 §1.6, RFC 1982).</summary>
internal readonly record struct Tsn(uint Value)
{
    public static Tsn operator +(Tsn tsn, int count) => new(tsn.Value + (uint)count);

    public static Tsn operator -(Tsn tsn, int count) => new(tsn.Value - (uint)count);

    /// <summary>Signed distance; right while the two are less than 2³¹ apart.</summary>
    public static int operator -(Tsn left, Tsn right) => (int)(left.Value - right.Value);

    public static bool operator <(Tsn left, Tsn right) => left - right < 0;

    public static bool operator >(Tsn left, Tsn right) => left - right > 0;

    public static bool operator <=(Tsn left, Tsn right) => left - right <= 0;

    public static bool operator >=(Tsn left, Tsn right) => left - right >= 0;
}
