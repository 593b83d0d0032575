using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>overlay.published</c>: by a call, not by the relay itself.</summary>
public sealed record OverlayPublishedData(
    [property: Description("The message's type, as coupon.")] string OverlayType,
    [property: Description("Its number in the room.")] long OverlaySeq,
    [property: Description("90 kHz on the room's feed.")] long? MediaTime) : WebhookData;

/// <summary><c>overlay.claimed</c>: a viewer has a coupon.</summary>
public sealed record OverlayClaimedData(
    string CouponId,
    string ViewerId,
    [property: Description("Counts the coupon's claims from 1.")] long Number,
    [property: Description("The code that brought the viewer tonight, if one did.")] string? ShareCode) : WebhookData;
