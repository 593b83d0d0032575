using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>order.attributed</c>: one entry of the merchant's ledger, and with a sale the facts found for it.</summary>
public sealed record OrderData(
    [property: Description("Number in the merchant's ledger.")] long LedgerSeq,
    [property: Description("sale, cancel, refund, redemption or referral.")] string Kind,
    string OrderId,
    int LineNo,
    [property: Description("Null in a referral, like quantity, amount and currency.")] string? ItemId,
    [property: Description("Negative in a cancel or refund.")] long? Quantity,
    [property: Description("Negative in a cancel or refund.")] long? AmountMinor,
    string? Currency,
    string OriginRoomId,
    string CarrierRoomId,
    string? CohostId,
    string? ShareCode,
    string? StoreId,
    string? GuideId,
    [property: Description("none, genuine, otherItem, forged, expired, otherOwner, otherViewer or otherRoom: what the click token proves; null where no facts were found now.")]
    string? Click,
    [property: Description("The overlay that was clicked.")] long? OverlaySeq,
    string? OverlayType,
    [property: Description("Whose host was speaking.")] string? SpeakerMerchantId,
    [property: Description("90 kHz on the carrier room's feed.")] long? MediaTime,
    DateTimeOffset OccurredAt,
    [property: Description("The entry's hash.")] string Hash) : WebhookData;

/// <summary><c>order.quarantined</c>: the platform's alone.</summary>
public sealed record QuarantineData(
    [property: Description("Number in the quarantine.")] long QuarantineSeq, string OrderId, string? EventId, string Reason) : WebhookData;
