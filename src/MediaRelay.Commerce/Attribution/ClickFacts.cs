using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>What a viewer's click says: which item, where, when, through which overlay and code.</summary>
/// <param name="OverlaySeq">The overlay that was clicked, numbered in the room.</param>
/// <param name="OverlayType">What kind of overlay that was; null when the relay did not remember it.</param>
/// <param name="MediaTime">90 kHz on the room feed's timeline.</param>
/// <param name="TileOwner">Whose tile of the picture was tapped; null for a click on a product beside it.</param>
/// <param name="Speaker">Whose host was speaking; null when that is not known.</param>
public sealed record ClickFacts(
    RoomId RoomId,
    ItemKey Item,
    ViewerId ViewerId,
    CoHostId? CoHostId,
    ShareCode? ShareCode,
    long? OverlaySeq,
    long? MediaTime,
    DateTimeOffset At,
    string? OverlayType = null,
    MerchantId? TileOwner = null,
    MerchantId? Speaker = null);
