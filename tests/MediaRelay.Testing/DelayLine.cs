using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>What is on its way, in order of arrival; what arrives at the same time keeps the order in which it was sent.</summary>
internal sealed class DelayLine<T>
{
    private readonly PriorityQueue<T, (long Time, long Order)> _travelling = new();
    private long _order;

    public int Count => _travelling.Count;

    /// <summary>When the next one arrives, or <see cref="Timestamp.Never"/>.</summary>
    public Timestamp NextArrival =>
        _travelling.TryPeek(out _, out var key) ? new Timestamp(key.Time) : Timestamp.Never;

    public void Add(Timestamp arrival, T item) => _travelling.Enqueue(item, (arrival.Nanoseconds, _order++));

    /// <summary>Takes the next one that has arrived by <paramref name="now"/>.</summary>
    public bool TryTake(Timestamp now, out T item)
    {
        if (NextArrival > now)
        {
            item = default!;
            return false;
        }

        item = _travelling.Dequeue();
        return true;
    }
}
