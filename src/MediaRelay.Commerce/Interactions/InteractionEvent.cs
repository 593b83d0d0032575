using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Interactions;

/// <summary>One interaction of a viewer that was taken: within its rate limit, and with all fields checked.</summary>
/// <param name="At">When its message arrived.</param>
/// <param name="Seen">Where the room's feed was, and whose host was speaking.</param>
public sealed record InteractionEvent(
    InteractionKind Kind, DateTimeOffset At, RoomId RoomId, ViewerId ViewerId, LiveMoment Seen)
{
    /// <summary>Whom it concerns: the owner of the item, campaign or tile; null for likes, comments and shares.</summary>
    public MerchantId? MerchantId { get; init; }

    public ItemId? ItemId { get; init; }

    public ShareCode? ShareCode { get; init; }

    /// <summary>Of a claim, entry or help.</summary>
    public CampaignKey? Campaign { get; init; }

    /// <summary>Likes of one message, else 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Of a comment, as it was shown.</summary>
    public string? Text { get; init; }

    /// <summary>Of a tap: 0 to 1 of the picture, from the top left.</summary>
    public (double X, double Y)? Point { get; init; }

    /// <summary>The overlay that was clicked, if the viewer named one.</summary>
    public long? OverlaySeq { get; init; }
}
