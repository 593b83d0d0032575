using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport;

/// <summary>
/// Turns a <see cref="TimeProvider"/> into the monotonic <see cref="Timestamp"/> and the NTP wall clock that protocol code gets. The wall
/// clock is read once and then advanced by the monotonic one, so that a step of the system clock never tears media timelines.
/// </summary>
public sealed class LoopClock
{
    private readonly TimeProvider _timeProvider;
    private readonly long _startTicks;
    private readonly long _startUnixNanoseconds;

    public LoopClock(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _startTicks = timeProvider.GetTimestamp();
        _startUnixNanoseconds = (timeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
    }

    /// <summary>Nanoseconds since this clock was made, plus one second so that "a moment ago" is never negative.</summary>
    public Timestamp Now => new(ElapsedNanoseconds + 1_000_000_000);

    public NtpTime WallClock(Timestamp now) => NtpTime.FromUnixNanoseconds(_startUnixNanoseconds + now.Nanoseconds - 1_000_000_000);

    private long ElapsedNanoseconds
    {
        get
        {
            var ticks = _timeProvider.GetTimestamp() - _startTicks;
            var frequency = _timeProvider.TimestampFrequency;
            return frequency == 1_000_000_000
                ? ticks
                : (long)((Int128)ticks * 1_000_000_000 / frequency);
        }
    }
}
