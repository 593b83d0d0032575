using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Shelves;

/// <summary>
/// What a room's viewers see now: the room's own merchant first, then the co-hosts' in the session's order.
/// </summary>
/// <param name="Campaigns">Coupons, flash sales, bargains and draws that are not over, the newest first.</param>
public sealed record RoomShelves(RoomId RoomId, IReadOnlyList<MerchantShelf> Merchants, CoHostSession? CoHost)
{
    public IReadOnlyList<CampaignView> Campaigns { get; init; } = [];
}
