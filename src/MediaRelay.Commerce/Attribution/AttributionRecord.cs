using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// The facts found for one order line, once, when its sale (or redemption) was first accepted. Facts come first and
/// never change; what they are worth is an <see cref="AttributionPolicy"/>'s matter.
/// </summary>
/// <param name="Item">The item; its merchant is the owner, whose order this is.</param>
/// <param name="OriginRoomId">The room through which the viewer came in this night.</param>
/// <param name="OriginMerchantId">Whose room that is.</param>
/// <param name="IsOriginClaimed">
/// The relay did not see the viewer come in: the origin is only the order's own room.
/// </param>
/// <param name="CarrierRoomId">The room watched when ordering.</param>
/// <param name="CoHostId">The co-host session that the carrier room was in at that time.</param>
/// <param name="ShareCode">
/// The order's code, else the clicked overlay's, else the one that the viewer came in with.
/// </param>
/// <param name="ShareDepth">
/// How many times the code was passed on: 1 for a guide's own code, 0 without a known code.
/// </param>
/// <param name="OverlaySeq">The overlay that was clicked, numbered in the carrier room.</param>
/// <param name="MediaTime">
/// 90 kHz on the carrier room's feed: when it was clicked, else when the order occurred.
/// </param>
/// <param name="PolicyVersion">The policy that made the ledger's entries from this record.</param>
/// <param name="OverlayType">What kind of overlay was clicked, as on the wire.</param>
/// <param name="TileOwner">Whose tile of the picture was tapped.</param>
/// <param name="Speaker">
/// Whose host was speaking at the click, else when the order occurred; null when that is not known.
/// </param>
/// <param name="ShareChain">
/// The codes from the guide's own to <paramref name="ShareCode"/>, as they were passed on; empty without a known code.
/// </param>
/// <param name="ClickedAt">When a genuine click was made.</param>
/// <param name="CarrierMerchantId">Whose room the carrier is; null in records from before this was kept.</param>
public sealed record AttributionRecord(
    OrderId OrderId,
    int LineNo,
    ItemKey Item,
    RoomId OriginRoomId,
    MerchantId OriginMerchantId,
    bool IsOriginClaimed,
    RoomId CarrierRoomId,
    CoHostId? CoHostId,
    ShareCode? ShareCode,
    StoreId? StoreId,
    GuideId? GuideId,
    int ShareDepth,
    ClickEvidence Click,
    long? OverlaySeq,
    long? MediaTime,
    int PolicyVersion,
    DateTimeOffset OccurredAt,
    DateTimeOffset At,
    string? OverlayType,
    MerchantId? TileOwner,
    MerchantId? Speaker,
    ShareChain ShareChain,
    DateTimeOffset? ClickedAt,
    MerchantId? CarrierMerchantId)
{
    /// <summary>Whose order this is.</summary>
    public MerchantId Owner => Item.MerchantId;
}
