using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// How long one stream's media takes from capture until it can be shown: what the last ten seconds stayed under but for
/// two single events. Jitter and a slower path show within 0.3 s; a hole in the path that is over does not, however
/// many packets were kept waiting by it. One thread writes, any reads.
/// </summary>
internal sealed class DelaySamples
{
    // All that comes within an interval is one event: what was stuck behind a hole comes at once.
    private const int Intervals = 100;
    private static readonly TimeSpan IntervalLength = TimeSpan.FromMilliseconds(100);

    // With fewer intervals than these, an event weighs more.
    private const int ForOneException = 5;
    private const int ForTwoExceptions = 20;

    private const long Empty = long.MinValue;

    private readonly long[] _largest = new long[Intervals];
    private long _interval;
    private long _value = Empty;

    public DelaySamples() => Array.Fill(_largest, Empty);

    public bool HasValue => Volatile.Read(ref _value) != Empty;

    /// <summary>Meaningful once there is one; stays while nothing comes.</summary>
    public TimeSpan Value => new(Volatile.Read(ref _value));

    public void Add(Timestamp now, TimeSpan delay)
    {
        var interval = now.Nanoseconds / (IntervalLength.Ticks * 100);
        var isNew = interval > _interval;
        if (isNew)
        {
            for (var passed = Math.Max(_interval + 1, interval - Intervals + 1); passed <= interval; passed++)
            {
                _largest[passed % Intervals] = Empty;
            }

            _interval = interval;
        }

        ref var largest = ref _largest[_interval % Intervals];
        if (isNew || delay.Ticks > largest)
        {
            largest = Math.Max(largest, delay.Ticks);
            Volatile.Write(ref _value, Evaluate());
        }
    }

    public void Reset()
    {
        Array.Fill(_largest, Empty);
        Volatile.Write(ref _value, Empty);
    }

    private long Evaluate()
    {
        var (first, second, third) = (Empty, Empty, Empty);
        var count = 0;
        foreach (var delay in _largest)
        {
            count += delay == Empty ? 0 : 1;
            if (delay > first)
            {
                (first, second, third) = (delay, first, second);
            }
            else if (delay > second)
            {
                (second, third) = (delay, second);
            }
            else if (delay > third)
            {
                third = delay;
            }
        }

        return count < ForOneException ? first : count < ForTwoExceptions ? second : third;
    }
}
