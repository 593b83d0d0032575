using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// The orders that are in memory: all with something on its way to the store, and the last ones besides. Which order an
/// event id belongs to is known for the same orders. Not thread-safe.
/// </summary>
internal sealed class OrderCache(int capacity)
{
    private readonly Dictionary<OrderId, OrderState> _orders = [];
    private readonly Dictionary<EventId, OrderId> _eventOwners = [];
    private readonly Queue<OrderId> _oldest = new();

    /// <summary>Goes up when an order leaves: what was read from the store before that may be out of date.</summary>
    public long Evictions { get; private set; }

    public OrderState this[OrderId id] => _orders[id];

    public bool TryGet(OrderId id, [NotNullWhen(true)] out OrderState? order) => _orders.TryGetValue(id, out order);

    public OrderId? OwnerOf(EventId id) => _eventOwners.TryGetValue(id, out var owner) ? owner : null;

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
            }
        }

        Evictions++;
    }
}
