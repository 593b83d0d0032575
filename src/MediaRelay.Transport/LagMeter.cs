using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport;

/// <summary>
/// The longest lag of the last moments, for any number of readers: the greater one of a running window and the one before it. Written by
/// one thread, read by any.
/// </summary>
internal sealed class LagMeter
{
    /// <summary>A lag is seen for this long at least, and for twice as long at most while lags are recorded.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);

    private Timestamp _windowEnd;
    private long _current;
    private long _previous;

    public TimeSpan Longest => new(Math.Max(Volatile.Read(ref _current), Volatile.Read(ref _previous)));

    public void Record(Timestamp now, TimeSpan lag)
    {
        if (now >= _windowEnd)
        {
            // After a whole window without a record what was measured before says nothing any more.
            Volatile.Write(ref _previous, now < _windowEnd + Window ? _current : 0);
            Volatile.Write(ref _current, 0);
            _windowEnd = now + Window;
        }

        if (lag.Ticks > _current)
        {
            Volatile.Write(ref _current, lag.Ticks);
        }
    }
}
