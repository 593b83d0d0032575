using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;
using MediaRelay.Transport;

namespace MediaRelay.Server.Overload;

/// <summary>
/// Measures one relay loop from outside: asks it something now and then and looks how late it answers and what its thread has used
/// meanwhile. Lateness is what viewers notice, whatever the reason. One thread but for the answer, which runs on the loop.
/// </summary>
internal sealed class LoopProbe
{
    private readonly DatagramLoop _loop;
    private readonly RelayShard _shard;
    private readonly Action<Timestamp> _answer;
    private bool _isAsked;
    private Timestamp _askedAt;
    private Timestamp _answeredAt;
    private TimeSpan? _threadTime;
    private Timestamp _lookedAt;
    private TimeSpan _busyBefore;
    private Timestamp _answeredBefore;
    private TimeSpan? _threadTimeBefore;
    private long _droppedBefore;
    private long _longestTurnTicks;

    public LoopProbe(DatagramLoop loop, RelayShard shard, Timestamp now)
    {
        _loop = loop;
        _shard = shard;
        _answer = Answer;
        _lookedAt = now;
        _busyBefore = loop.BusyTime;
        Ask(now);
    }

    /// <summary>The longest turn since this was last asked for; any thread.</summary>
    public TimeSpan TakeLongestTurn() => new(Interlocked.Exchange(ref _longestTurnTicks, 0));

    /// <summary>What the loop did since the last look. Asks it again when it has answered.</summary>
    public LoopPressure Look(Timestamp now)
    {
        var length = now - _lookedAt;
        var busy = _loop.BusyTime;
        var occupied = length > TimeSpan.Zero ? (busy - _busyBefore) / length : 0;
        var dropped = _shard.Counters.HandOversDropped;
        var lag = NoteLongestTurn();
        double? processor = null;
        if (Volatile.Read(ref _isAsked))
        {
            // Its turn is not over yet, so that it has not been added to its busy time.
            var waiting = now - _askedAt;
            lag = Max(lag, waiting);
            occupied = waiting >= length ? Math.Max(occupied, 1) : occupied;
        }
        else
        {
            lag = Max(lag, _answeredAt - _askedAt);
            processor = TakeProcessorShare();
            Ask(now);
        }

        var pressure = new LoopPressure(length, processor, occupied, lag, dropped - _droppedBefore);
        (_lookedAt, _busyBefore, _droppedBefore) = (now, busy, dropped);
        return pressure;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Ask(Timestamp now)
    {
        _askedAt = now;
        Volatile.Write(ref _isAsked, true);
        _shard.Run(_answer);
    }

    private void Answer(Timestamp now)
    {
        _answeredAt = now;
        _threadTime = ThreadCpuTime.Read();
        Volatile.Write(ref _isAsked, false);
    }

    private double? TakeProcessorShare()
    {
        double? share = null;
        var length = _answeredAt - _answeredBefore;
        if (_threadTime is { } used && _threadTimeBefore is { } usedBefore && length > TimeSpan.Zero)
        {
            share = (used - usedBefore) / length;
        }

        (_answeredBefore, _threadTimeBefore) = (_answeredAt, _threadTime);
        return share;
    }

    // The loop forgets its longest turn when it is read, and scrapes want to know it too.
    private TimeSpan NoteLongestTurn()
    {
        var turn = _loop.TakeLongestTurn();
        for (var known = Volatile.Read(ref _longestTurnTicks); turn.Ticks > known;)
        {
            var found = Interlocked.CompareExchange(ref _longestTurnTicks, turn.Ticks, known);
            if (found == known)
            {
                break;
            }

            known = found;
        }

        return turn;
    }
}
