namespace MediaRelay.Commerce;

/// <summary>
/// Wall time as microseconds since 1970-01-01 UTC: what the wire, the ledger's hashes and the stores use.
/// </summary>
public static class UnixMicros
{
    public const long PerSecond = 1_000_000;

    public static long Of(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long micros) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>In UTC and cut to the microsecond, so that what a store gives back equals what was written.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => ToTime(Of(time));
}
