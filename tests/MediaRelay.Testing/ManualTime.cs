using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>
/// A clock that stands still until it is told to go on. As <see cref="TimeProvider"/> it counts nanoseconds, so its timestamps are
/// those of <see cref="Now"/>. It has no timers: a loop under test asks for its next deadline instead.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly DateTimeOffset _start;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public ManualTime(DateTimeOffset start) => _start = start;

    /// <summary>Begins at one second, so that a test can go back a little without passing zero.</summary>
    public Timestamp Now { get; private set; } = Timestamp.FromMilliseconds(1000);

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Now.Nanoseconds;

    public override DateTimeOffset GetUtcNow() => _start + (Now - Timestamp.FromMilliseconds(1000));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Manual time has no timers; ask for the next deadline and advance to it.");

    public void Advance(TimeSpan span) => AdvanceTo(Now + span);

    public void AdvanceTo(Timestamp time)
    {
        if (time < Now || time == Timestamp.Never)
        {
            throw new ArgumentOutOfRangeException(nameof(time), time, $"now is {Now}");
        }

        Now = time;
    }
}
