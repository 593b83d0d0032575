namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// Follows a 32-bit RTP timestamp over its wraps. The first value stands for itself; each later one is the nearest to
/// the one before, so a value older than the first may come out negative.
/// </summary>
public sealed class TimestampUnwrapper
{
    private long? _last;

    public long Unwrap(RtpTimestamp timestamp)
    {
        var unwrapped = Peek(timestamp);
        _last = unwrapped;
        return unwrapped;
    }

    /// <summary>What <see cref="Unwrap"/> would return, without moving.</summary>
    public long Peek(RtpTimestamp timestamp) =>
        _last is { } last ? last + (int)(timestamp.Value - (uint)last) : timestamp.Value;
}
