using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

/// <summary>
/// A first-in, first-out queue in front of a link of a given rate, then a way with delay, jitter and loss, in virtual
/// time. Packets are known by their number only.
/// </summary>
internal sealed class BottleneckLink(LinkSettings settings, Random random)
{
    private readonly Queue<(ushort Sequence, int Bytes, Timestamp Sent)> _queue = new();
    private readonly PriorityQueue<ushort, long> _onTheWay = new();
    private Timestamp _headDone = Timestamp.Never;
    private Timestamp _lastArrival;
    private int _queuedBytes;

    public int DroppedByQueue { get; private set; }

    /// <summary>The longest time that a packet spent in the queue since this was set to zero.</summary>
    public TimeSpan WorstQueueing { get; set; }

    public bool IsQueueEmpty => _queue.Count == 0;

    public void Send(Timestamp now, ushort sequence, int bytes)
    {
        if (_queuedBytes + bytes > settings.QueueBytes)
        {
            DroppedByQueue++;
            return;
        }

        _queue.Enqueue((sequence, bytes, now));
        _queuedBytes += bytes;
        if (_queue.Count == 1)
        {
            _headDone = now + TimeToSend(bytes);
        }
    }

    /// <summary>Packets that have arrived by now, each with its own time; to be called until false.</summary>
    public bool TryReceive(Timestamp now, out ushort sequence, out Timestamp arrival)
    {
        Serve(now);
        if (_onTheWay.TryPeek(out sequence, out var nanoseconds) && nanoseconds <= now.Nanoseconds)
        {
            arrival = new Timestamp(nanoseconds);
            _onTheWay.Dequeue();
            return true;
        }

        arrival = default;
        return false;
    }

    private void Serve(Timestamp now)
    {
        while (_queue.Count > 0 && _headDone <= now)
        {
            var (sequence, bytes, sent) = _queue.Dequeue();
            _queuedBytes -= bytes;
            var queueing = _headDone - sent;
            WorstQueueing = queueing > WorstQueueing ? queueing : WorstQueueing;
            if (random.NextDouble() >= settings.Loss)
            {
                Deliver(sequence);
            }

            if (_queue.TryPeek(out var next))
            {
                _headDone = Timestamp.Max(_headDone, next.Sent) + TimeToSend(next.Bytes);
            }
        }
    }

    private void Deliver(ushort sequence)
    {
        var arrival = _headDone + (settings.RoundTrip / 2) + (settings.Jitter * 2 * random.NextDouble());
        if (random.NextDouble() < settings.Reordering)
        {
            _onTheWay.Enqueue(sequence, (arrival + TimeSpan.FromMilliseconds(10)).Nanoseconds);
            return;
        }

        _lastArrival = Timestamp.Max(_lastArrival, arrival);
        _onTheWay.Enqueue(sequence, _lastArrival.Nanoseconds);
    }

    private TimeSpan TimeToSend(int bytes) => TimeSpan.FromSeconds(bytes * 8.0 / settings.BitsPerSecond);
}
