using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// Turns the wall clock by which the kernel stamps datagrams into the loop's monotonic time, by their distance at each batch: so a step
/// of the wall clock touches only what was stamped before it and read after it.
/// </summary>
/// <param name="wallClock">The clock that the kernel stamps by.</param>
internal sealed class KernelClock(TimeProvider wallClock)
{
    /// <summary>
    /// A stamp older than this rather tells of a step of the clock than of a datagram that waited so long.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // Reading both clocks takes less than a microsecond; when it took longer the thread was interrupted between them, and the distance is
    // wrong by up to that.
    private static readonly TimeSpan LongestReading = TimeSpan.FromMicroseconds(50);

    private long _distance;
    private bool _hasDistance;
    private Timestamp _now;

    /// <summary>Notes how far the clocks are apart now: once for each batch, after it was read.</summary>
    public void Compare(LoopClock clock)
    {
        var before = clock.Now;
        var wall = (wallClock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _now = clock.Now;
        if (!_hasDistance || _now - before <= LongestReading)
        {
            _distance = before.Nanoseconds - wall;
            _hasDistance = true;
        }
    }

    /// <summary>
    /// The loop's time for a stamp in nanoseconds of Unix time, never after the last <see cref="Compare"/>; without a stamp (0), or with one
    /// that cannot be true, the time of that: when the batch was read.
    /// </summary>
    public Timestamp ToLoopTime(long stamp)
    {
        var time = new Timestamp(stamp + _distance);
        return stamp != 0 && time <= _now && _now - time <= LongestWait ? time : _now;
    }
}
