using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// The orders that are in memory: all with something on its way to the store, and the last ones besides. Which order an
/// event id belongs to is known for the same orders. Not thread-safe.
/// </summary>
internal sealed class OrderCache(int capacity)
{
    // Owners of the event ids of orders that left lately are kept for as many event ids, so that what was read from the
    // store a moment ago is still of use.
    private const int MaxFormerOwners = 4096;

    private readonly Dictionary<OrderId, OrderState> _orders = [];
    private readonly Dictionary<EventId, OrderId> _eventOwners = [];
    private readonly Queue<OrderId> _oldest = new();
    private readonly Dictionary<EventId, OrderId> _formerOwners = [];
    private readonly Queue<EventId> _oldestFormer = new();
    private long _looks;
    private long _formerOwnersSeen;

    /// <summary>To be taken before the store is read for an order that is not here.</summary>
    public OrderCacheMark Mark() => new(_looks, _oldest.Count, _formerOwnersSeen);

    public OrderState this[OrderId id] => _orders[id];

    public bool TryGet(OrderId id, [NotNullWhen(true)] out OrderState? order) => _orders.TryGetValue(id, out order);

    /// <summary>The order that an event id belongs to, as far as memory knows.</summary>
    public OrderId? OwnerOf(EventId id) =>
        _eventOwners.TryGetValue(id, out var owner) || _formerOwners.TryGetValue(id, out owner) ? owner : null;

    /// <summary>
    /// Whether an order may have come and gone since, or an event id been given away and forgotten: what was read from
    /// the store in between may then lack it.
    /// </summary>
    public bool MayHaveForgottenSince(in OrderCacheMark mark) =>

        // First in, first out: whatever came after the mark leaves only when all that stood in line then have had a look.
        _looks - mark.Looks > mark.Waiting || _formerOwnersSeen - mark.FormerOwners > MaxFormerOwners;

    public void Own(OrderEvent orderEvent)
    {
        if (orderEvent.EventId is { } id)
        {
            _eventOwners[id] = orderEvent.OrderId;
        }
    }

    public void Add(OrderState order)
    {
        _orders.Add(order.Id, order);
        _oldest.Enqueue(order.Id);
        foreach (var orderEvent in order.Events)
        {
            Own(orderEvent);
        }

        // At most two looks per new order, so that a store that is behind costs memory (bounded by its queue) and not
        // time.
        for (var looks = 0; looks < 2 && _orders.Count > capacity; looks++)
        {
            EvictOldest();
        }
    }

    private void EvictOldest()
    {
        _looks++;
        var id = _oldest.Dequeue();
        var order = _orders[id];
        if (!order.Durable.IsCompleted)
        {
            _oldest.Enqueue(id);
            return;
        }

        _orders.Remove(id);
        foreach (var orderEvent in order.Events)
        {
            if (orderEvent.EventId is { } eventId)
            {
                _eventOwners.Remove(eventId);
                KeepFormerOwner(eventId, id);
            }
        }
    }

    private void KeepFormerOwner(EventId eventId, OrderId owner)
    {
        _formerOwnersSeen++;
        if (_formerOwners.TryAdd(eventId, owner))
        {
            _oldestFormer.Enqueue(eventId);
        }

        if (_oldestFormer.Count > MaxFormerOwners)
        {
            _formerOwners.Remove(_oldestFormer.Dequeue());
        }
    }
}
