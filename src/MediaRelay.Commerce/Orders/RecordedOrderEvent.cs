using MediaRelay.Commerce.Attribution;

namespace MediaRelay.Commerce.Orders;

/// <summary>An accepted event as it is kept.</summary>
/// <param name="Arrival">Counts all accepted events; gives the order of what arrived.</param>
/// <param name="Seen">What the relay saw in the order's room when it occurred.</param>
public sealed record RecordedOrderEvent(
    OrderEvent Event, OrderEventState State, long Arrival, DateTimeOffset AcceptedAt, LiveMoment Seen = default)
{
    /// <summary>Whether the first answer said that the event waits.</summary>
    public bool HasWaited => State != OrderEventState.Applied;
}
