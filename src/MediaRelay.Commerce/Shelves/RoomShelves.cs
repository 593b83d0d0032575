using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Shelves;

/// <summary>
/// What a room's viewers see now: the room's own merchant first, then the co-hosts' in the session's order.
/// </summary>
public sealed record RoomShelves(RoomId RoomId, IReadOnlyList<MerchantShelf> Merchants, CoHostSession? CoHost);
