using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;

namespace MediaRelay.Commerce.State;

/// <summary>What a store keeps of one order.</summary>
/// <param name="Events">In order of arrival.</param>
/// <param name="EventOwner">The order that the asked event id belongs to, if any.</param>
public sealed record StoredOrder(
    ImmutableArray<RecordedOrderEvent> Events,
    ImmutableArray<AttributionRecord> Records,
    ImmutableArray<QuarantinedEvent> Quarantined,
    OrderId? EventOwner)
{
    public static StoredOrder Empty { get; } = new([], [], [], null);
}
