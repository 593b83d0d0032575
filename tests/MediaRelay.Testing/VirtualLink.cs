using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>One direction of a <see cref="VirtualNetwork"/>: datagrams go in at one time and come out at another, or never.</summary>
public sealed class VirtualLink
{
    private readonly Random _random;
    private readonly PriorityQueue<byte[], (long Time, long Order)> _travelling = new();
    private readonly Queue<Timestamp> _departures = new();
    private Timestamp _lineFree;
    private Timestamp _lastArrival;
    private long _order;

    internal VirtualLink(Random random) => _random = random;

    public LinkConditions Conditions { get; } = new();

    /// <summary>Datagrams handed to <see cref="Send"/>.</summary>
    public long Sent { get; private set; }

    /// <summary>Bytes handed to <see cref="Send"/>.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Datagrams lost at random or by a full queue.</summary>
    public long Lost { get; private set; }

    /// <summary>Datagrams given out by <see cref="TryReceive"/>.</summary>
    public long Received { get; private set; }

    /// <summary>When the next datagram arrives, or <see cref="Timestamp.Never"/>.</summary>
    public Timestamp NextArrival =>
        _travelling.TryPeek(out _, out var key) ? new Timestamp(key.Time) : Timestamp.Never;

    public void Send(Timestamp now, ReadOnlySpan<byte> datagram)
    {
        Sent++;
        SentBytes += datagram.Length;

        // Every decision draws its number, whatever the others say: so a seed stays comparable when one condition changes.
        var isLost = _random.NextDouble() < Conditions.Loss;
        var isDuplicated = _random.NextDouble() < Conditions.Duplicate;
        var isReordered = _random.NextDouble() < Conditions.Reorder;
        var jitter = Jitter();
        var copyJitter = Jitter();

        if (!TryPassLine(now, datagram.Length, out var departure) || isLost)
        {
            Lost++;
            return;
        }

        var arrival = departure + Conditions.Delay + jitter;
        if (isReordered)
        {
            arrival += Conditions.ReorderDelay;
        }
        else
        {
            // Jitter stretches a queue, it does not swap what stands in it.
            arrival = Timestamp.Max(arrival, _lastArrival);
            _lastArrival = arrival;
        }

        Deliver(datagram, arrival);
        if (isDuplicated)
        {
            Deliver(datagram, arrival + copyJitter);
        }
    }

    /// <summary>Takes the next datagram that has arrived by <paramref name="now"/>.</summary>
    public bool TryReceive(Timestamp now, out byte[] datagram)
    {
        if (NextArrival > now)
        {
            datagram = [];
            return false;
        }

        datagram = _travelling.Dequeue();
        Received++;
        return true;
    }

    private TimeSpan Jitter() => TimeSpan.FromTicks((long)(_random.NextDouble() * Conditions.Jitter.Ticks));

    private bool TryPassLine(Timestamp now, int length, out Timestamp departure)
    {
        departure = now;
        if (Conditions.BitRate == 0)
        {
            return true;
        }

        while (_departures.TryPeek(out var first) && first <= now)
        {
            _departures.Dequeue();
        }

        if (Conditions.QueueLimit > 0 && _departures.Count >= Conditions.QueueLimit)
        {
            return false;
        }

        var nanoseconds = length * 8L * 1_000_000_000 / Conditions.BitRate;
        departure = new Timestamp(Timestamp.Max(_lineFree, now).Nanoseconds + nanoseconds);
        _lineFree = departure;
        _departures.Enqueue(departure);
        return true;
    }

    private void Deliver(ReadOnlySpan<byte> datagram, Timestamp arrival) =>
        _travelling.Enqueue(datagram.ToArray(), (arrival.Nanoseconds, _order++));
}
