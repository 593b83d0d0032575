using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Events;

/// <summary>What viewers learn of an order line: nothing of the buyer.</summary>
/// <param name="Amount">For the whole line.</param>
public sealed record Purchase(ItemKey Item, string Title, long Quantity, Money Amount, RoomId OriginRoomId);
