using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>
/// Decides what one direction of a link does to each datagram: whether and when it arrives. Holds no datagrams and reads no clock; the
/// same seed, conditions, times and lengths give the same decisions.
/// </summary>
public sealed class LinkModel
{
    private readonly Random _random;
    private readonly Queue<Timestamp> _departures = new();
    private LinkCounters _counters;
    private Timestamp _lineFree;
    private Timestamp _lastArrival;
    private bool _isBad;

    /// <param name="random">Seeded; used by this model only.</param>
    /// <param name="conditions">May be shared by several models, each of which then is such a link of its own.</param>
    public LinkModel(Random random, LinkConditions conditions)
    {
        _random = random;
        Conditions = conditions;
    }

    public LinkConditions Conditions { get; }

    public LinkCounters Counters => _counters;

    /// <summary>Sends a datagram of so many bytes into the link.</summary>
    public LinkDecision Decide(Timestamp now, int length)
    {
        // Every decision draws its number, whatever the others say: so a seed stays comparable when one condition changes.
        var isLost = IsLost(_random.NextDouble());
        var isDuplicated = _random.NextDouble() < Conditions.Duplicate;
        var isReordered = _random.NextDouble() < Conditions.Reorder;
        var jitter = Jitter();
        var copyJitter = Jitter();

        // What is lost has used the line before: loss is the radio's, behind the queue.
        var isQueued = TryPassLine(now, length, out var departure);
        var fate = !isQueued ? LinkFate.QueueFull : isLost ? LinkFate.Lost : LinkFate.Passed;
        Count(fate, length);
        if (fate != LinkFate.Passed)
        {
            return new LinkDecision(fate, Timestamp.Never, Timestamp.Never);
        }

        var arrival = Arrival(departure + Conditions.Delay + jitter, isReordered);
        return new LinkDecision(fate, arrival, isDuplicated ? arrival + copyJitter : Timestamp.Never);
    }

    private Timestamp Arrival(Timestamp arrival, bool isReordered)
    {
        if (isReordered)
        {
            return arrival + Conditions.ReorderDelay;
        }

        if (!Conditions.IsJitterReordering)
        {
            arrival = Timestamp.Max(arrival, _lastArrival);
        }

        _lastArrival = Timestamp.Max(arrival, _lastArrival);
        return arrival;
    }

    private bool IsLost(double drawn)
    {
        if (Conditions.LossBurst <= 1)
        {
            _isBad = false;
            return drawn < Conditions.Loss;
        }

        // The bad state lasts LossBurst datagrams on average; how often it is entered follows from its share of all datagrams.
        var leave = 1 / Conditions.LossBurst;
        var enter = Conditions.Loss * leave / Math.Max(1 - Conditions.Loss, double.Epsilon);
        _isBad = _isBad ? drawn >= leave : drawn < enter;
        return _isBad;
    }

    private TimeSpan Jitter() => TimeSpan.FromTicks((long)(_random.NextDouble() * Conditions.Jitter.Ticks));

    private bool TryPassLine(Timestamp now, int length, out Timestamp departure)
    {
        departure = now;
        while (_departures.TryPeek(out var first) && first <= now)
        {
            _departures.Dequeue();
        }

        if (Conditions.BitRate == 0)
        {
            return true;
        }

        var start = Timestamp.Max(_lineFree, now);
        if ((Conditions.QueueLimit > 0 && _departures.Count >= Conditions.QueueLimit)
            || (Conditions.QueueTime > TimeSpan.Zero && start - now > Conditions.QueueTime))
        {
            return false;
        }

        departure = new Timestamp(start.Nanoseconds + (length * 8L * 1_000_000_000 / Conditions.BitRate));
        _lineFree = departure;
        _departures.Enqueue(departure);
        return true;
    }

    private void Count(LinkFate fate, int length) => _counters += fate switch
    {
        LinkFate.Passed => new LinkCounters(1, length, 1, length, 0, 0),
        LinkFate.Lost => new LinkCounters(1, length, 0, 0, 1, 0),
        _ => new LinkCounters(1, length, 0, 0, 0, 1),
    };
}
