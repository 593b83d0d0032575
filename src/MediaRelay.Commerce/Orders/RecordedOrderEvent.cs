namespace MediaRelay.Commerce.Orders;

/// <summary>An accepted event as it is kept.</summary>
/// <param name="Arrival">Counts all accepted events; gives the order of what arrived.</param>
public sealed record RecordedOrderEvent(
    OrderEvent Event, OrderEventState State, long Arrival, DateTimeOffset AcceptedAt)
{
    /// <summary>Whether the first answer said that the event waits.</summary>
    public bool HasWaited => State != OrderEventState.Applied;
}
