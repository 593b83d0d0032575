using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Orders;

/// <summary>An order as its accepted events left it.</summary>
internal sealed class OrderState(OrderId id)
{
    private readonly Dictionary<string, RecordedOrderEvent> _events = [];
    private readonly Dictionary<int, OrderLineState> _lines = [];
    private readonly List<byte[]> _quarantined = [];

    public OrderId Id { get; } = id;

    /// <summary>
    /// Completes when everything decided about this order is durable; such an order may leave memory.
    /// </summary>
    public Task Durable { get; set; } = Task.CompletedTask;

    public bool HasSale => _lines.Values.Any(line => line.Sold is not null);

    public int EventCount => _events.Count;

    public IEnumerable<OrderLineState> Lines => _lines.Values;

    public IEnumerable<OrderEvent> Events => _events.Values.Select(recorded => recorded.Event);

    /// <summary>Cancels and refunds that came before their sale, in order of arrival.</summary>
    public List<RecordedOrderEvent> Waiting =>
        [.. _events.Values.Where(recorded => recorded.State == OrderEventState.Waiting).OrderBy(recorded => recorded.Arrival)];

    public static OrderState From(OrderId id, StoredOrder stored)
    {
        var order = new OrderState(id);
        foreach (var record in stored.Records)
        {
            order.Set(record);
        }

        // What a reversal takes back can only be counted on a sold line, and one that waited arrived before its sale.
        foreach (var recorded in stored.Events.OrderBy(recorded => recorded.Event.IsSale ? 0 : 1))
        {
            order.Set(recorded);
        }

        foreach (var quarantined in stored.Quarantined)
        {
            order.Quarantine(quarantined.Event);
        }

        return order;
    }

    public RecordedOrderEvent? Find(string key) => _events.GetValueOrDefault(key);

    public OrderLineState? Line(int lineNo) => _lines.GetValueOrDefault(lineNo);

    public void Set(AttributionRecord record) => _lines.TryAdd(record.LineNo, new OrderLineState(record));

    public void Set(RecordedOrderEvent recorded)
    {
        _events[recorded.Event.Key] = recorded;
        if (recorded.State is not (OrderEventState.Applied or OrderEventState.AppliedLater))
        {
            return;
        }

        foreach (var line in recorded.Event.Lines)
        {
            var state = _lines[line.LineNo];
            if (recorded.Event.IsSale)
            {
                state.Sell(line, recorded.Event.OccurredAt);
            }
            else if (recorded.Event.IsReversal)
            {
                state.TakenBackQuantity += line.Quantity;
                state.TakenBackMinor += line.Amount.Minor;
            }
        }
    }

    public void Quarantine(OrderEvent orderEvent) => _quarantined.Add(OrderEventCodec.Encode(orderEvent));

    public bool IsQuarantined(ReadOnlySpan<byte> content)
    {
        foreach (var known in _quarantined)
        {
            if (content.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first answer that an accepted event got.</summary>
    public OrderAnswer Answer(RecordedOrderEvent recorded, bool isRepeat) => new(
        Id,
        recorded.Event.EventId,
        recorded.Event.Kind,
        recorded.HasWaited,
        recorded.HasWaited ? [] : [.. recorded.Event.Lines.Select(line => _lines[line.LineNo].Record)],
        isRepeat);
}
