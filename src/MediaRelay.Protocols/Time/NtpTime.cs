namespace MediaRelay.Protocols.Time;

/// <summary>
/// Wall-clock time as RTCP carries it: 32.32 fixed-point seconds since 1900-01-01 UTC (RFC 3550 §4). The loops take it once per
/// turn and pass it in.
/// </summary>
public readonly record struct NtpTime(ulong Value) : IComparable<NtpTime>
{
    private const ulong UnixEpochSeconds = 2_208_988_800;

    /// <summary>The middle 32 bits, as receiver reports refer to a sender report (RFC 3550 §6.4.1, LSR).</summary>
    public uint Middle => (uint)(Value >> 16);

    public static NtpTime FromUnixNanoseconds(long nanoseconds)
    {
        var seconds = (ulong)(nanoseconds / 1_000_000_000) + UnixEpochSeconds;
        var fraction = ((ulong)(nanoseconds % 1_000_000_000) << 32) / 1_000_000_000;
        return new NtpTime((seconds << 32) | fraction);
    }

    public long ToUnixNanoseconds()
    {
        var seconds = (long)(Value >> 32) - (long)UnixEpochSeconds;
        var nanoseconds = (long)(((Value & 0xFFFF_FFFF) * 1_000_000_000) >> 32);
        return (seconds * 1_000_000_000) + nanoseconds;
    }

    /// <summary>Signed distance in nanoseconds; right within ±68 years.</summary>
    public static long operator -(NtpTime left, NtpTime right) => left.ToUnixNanoseconds() - right.ToUnixNanoseconds();

    public NtpTime AddNanoseconds(long nanoseconds) => FromUnixNanoseconds(ToUnixNanoseconds() + nanoseconds);

    public int CompareTo(NtpTime other) => Value.CompareTo(other.Value);
}
