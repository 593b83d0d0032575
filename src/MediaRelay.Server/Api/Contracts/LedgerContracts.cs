using System.ComponentModel;
using System.Text.Json.Serialization;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record LedgerEntryResponse(
    long Seq,
    [property: Description("sale, cancel, refund, redemption or referral.")] string Kind,
    string OrderId,
    int LineNo,
    string MerchantId,
    string? ItemId,
    [property: Description("Negative in a cancel or refund; null in a referral.")] long? Quantity,
    [property: Description("Negative in a cancel or refund; null in a referral.")] long? AmountMinor,
    string? Currency,
    string OriginRoomId,
    string CarrierRoomId,
    string? CohostId,
    string? ShareCode,
    [property: Description("90 kHz on the carrier room's feed.")] long? MediaTime,
    DateTimeOffset OccurredAt,
    [property: Description("When the relay accepted it.")] DateTimeOffset At,
    [property: Description("SHA-256 over the previous entry's hash and this entry, 64 hex digits.")] string Hash);

internal sealed record LedgerResponse(
    IReadOnlyList<LedgerEntryResponse> Entries,
    [property: Description("The following after; null at the end.")] long? Next);

internal sealed record LedgerVerifyResponse(
    bool Ok,
    long Entries,
    [property: Description("The latest hash.")] string Head,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("The first place where the chain does not hold; only when not ok.")]
    long? FirstBad);

internal sealed record CurrencyFiguresResponse(
    string Currency, long GrossMinor, long CancelledMinor, long RefundedMinor, long NetMinor, long RedeemedMinor);

internal sealed record ItemFiguresResponse(
    string ItemId, string Currency, long Sold, long Returned, long GrossMinor, long NetMinor);

internal sealed record ShareCodeFiguresResponse(string ShareCode, string Currency, long Orders, long GrossMinor, long NetMinor);

internal sealed record LedgerFiguresResponse(
    string MerchantId,
    string? CohostId,
    string? RoomId,
    long Entries,
    [property: Description("Different orders with a sale.")] long Orders,
    long Lines,
    [property: Description("Sale lines whose viewer came in through another room than the one watched.")] long CameFromElsewhere,
    [property: Description("Lines of other merchants' orders that this merchant's traffic brought.")] long Referrals,
    long Redemptions,
    [property: Description("One row per currency.")] IReadOnlyList<CurrencyFiguresResponse> Money,
    IReadOnlyList<ItemFiguresResponse> Items,
    IReadOnlyList<ShareCodeFiguresResponse> ShareCodes,
    DateTimeOffset? From,
    DateTimeOffset? To,
    [property: Description("Number of the ledger's last entry when the figures were made.")] long HeadSeq,
    [property: Description("Its hash: figures of the same head and filter are equal.")] string Head);
