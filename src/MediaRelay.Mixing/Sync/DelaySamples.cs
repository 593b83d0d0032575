using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// How long one stream's media takes from capture until it can be shown: what the last ten seconds stayed under but for
/// a few single events. Jitter and a slower path show after as many tenths of a second; a hole in the path that is over
/// does not, however many packets were kept waiting by it. One thread writes, any reads.
/// </summary>
/// <param name="exceptions">Tenths of a second that do not count, 0–15, once there are five times as many.</param>
internal sealed class DelaySamples(int exceptions)
{
    /// <summary>For sound, of which what is late is a hole.</summary>
    public const int ForSound = 2;

    /// <summary>For pictures, of which a late one is shown a tick later.</summary>
    public const int ForPictures = 8;

    // All that comes within an interval is one event: what was stuck behind a hole comes at once.
    private const int Intervals = 100;
    private static readonly TimeSpan IntervalLength = TimeSpan.FromMilliseconds(100);

    private const long Empty = long.MinValue;

    private readonly long[] _largest = [.. Enumerable.Repeat(Empty, Intervals)];
    private long _interval;
    private long _value = Empty;

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
        // The largest first; there are few, so that putting them in their places costs less than sorting all.
        Span<long> top = stackalloc long[exceptions + 1];
        top.Fill(Empty);
        var count = 0;
        foreach (var delay in _largest)
        {
            count += delay == Empty ? 0 : 1;
            if (delay <= top[^1])
            {
                continue;
            }

            var place = top.Length - 1;
            for (; place > 0 && top[place - 1] < delay; place--)
            {
                top[place] = top[place - 1];
            }

            top[place] = delay;
        }

        return top[Math.Min(exceptions, count / 5)];
    }
}
