using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// The one delay between capture and mix that all sources of a session share, so that a host's picture and sound stay
/// together and both hosts are shown as they were at the same moment. Wide enough for the slowest stream, within 40–200
/// ms; it moves slowly, because sound has to be stretched to follow. One thread updates, any reads.
/// </summary>
internal sealed class PlayoutDelay
{
    public static readonly TimeSpan Min = TimeSpan.FromMilliseconds(40);
    public static readonly TimeSpan Max = TimeSpan.FromMilliseconds(200);

    // Sound can be stretched by 2 % unheard. What is needed remembers ten seconds, so that the delay does not swing.
    private const double ChangePerSecond = 0.02;

    // A delay that is a little too long is not worth a change.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(8);

    // While the first source starts, nothing is heard yet that could be stretched.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private long _current = TimeSpan.FromMilliseconds(60).Ticks;
    private Timestamp _last = Timestamp.Never;
    private Timestamp _firstMedia = Timestamp.Never;

    public TimeSpan Current => new(Volatile.Read(ref _current));

    /// <summary>
    /// Moves towards <paramref name="needed"/>, the largest need of all streams; null while no stream has said. Called
    /// at every tick.
    /// </summary>
    public void Update(Timestamp now, TimeSpan? needed)
    {
        var elapsed = _last == Timestamp.Never ? TimeSpan.Zero : now - _last;
        _last = now;
        if (needed is not { } need)
        {
            return;
        }

        if (_firstMedia == Timestamp.Never)
        {
            _firstMedia = now;
        }

        var current = Current;
        var target = need < Min ? Min : need > Max ? Max : need;
        if (target > current)
        {
            var step = now - _firstMedia < Settling ? target - current : elapsed * ChangePerSecond;
            current = current + step > target ? target : current + step;
        }
        else if (target + Slack < current)
        {
            var step = elapsed * ChangePerSecond;
            current = current - step < target ? target : current - step;
        }

        Volatile.Write(ref _current, current.Ticks);
    }
}
