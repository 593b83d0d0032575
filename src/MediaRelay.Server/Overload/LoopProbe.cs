using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;
using MediaRelay.Transport;

namespace MediaRelay.Server.Overload;

/// <summary>
/// Measures one relay loop from outside: how late it is, which is what viewers notice, and what its thread uses, which it is asked now
/// and then. One thread, but for the answer, which runs on the loop.
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

    public LoopProbe(DatagramLoop loop, RelayShard shard, Timestamp now)
    {
        _loop = loop;
        _shard = shard;
        _answer = Answer;
        _lookedAt = now;
        _busyBefore = loop.BusyTime;
        _droppedBefore = Dropped;
        Ask(now);
    }

    private long Dropped => _shard.Counters.HandOversDropped + _loop.Socket.ReceiveQueueDrops;

    /// <summary>What the loop did since the last look. Asks it again when it has answered.</summary>
    public LoopPressure Look(Timestamp now)
    {
        var length = now - _lookedAt;
        var busy = _loop.BusyTime;
        var occupied = length > TimeSpan.Zero ? (busy - _busyBefore) / length : 0;
        var dropped = Dropped;
        double? processor = null;
        if (Volatile.Read(ref _isAsked))
        {
            // A turn that is not over is not part of the loop's busy time yet.
            occupied = now - _askedAt >= length ? Math.Max(occupied, 1) : occupied;
        }
        else
        {
            processor = TakeProcessorShare();
            Ask(now);
        }

        var pressure = new LoopPressure(length, processor, occupied, _loop.Lag(now), dropped - _droppedBefore);
        (_lookedAt, _busyBefore, _droppedBefore) = (now, busy, dropped);
        return pressure;
    }

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
}
