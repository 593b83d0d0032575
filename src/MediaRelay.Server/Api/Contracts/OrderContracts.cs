using System.ComponentModel;
using System.Text.Json.Serialization;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record OrderLineRequest(
    [property: Description("0 to 9999, once per order.")] int? LineNo,
    [property: Description("The owner of the item; never inferred from the room.")] string? MerchantId,
    string? ItemId,
    long? Quantity,
    [property: Description("For the whole line, in minor units.")] long? AmountMinor,
    string? Currency);

internal sealed record OrderRequest(
    string? OrderId,
    IReadOnlyList<OrderLineRequest?>? Lines,
    [property: Description("The room that the viewer watched.")] string? RoomId,
    [property: Description("Pseudonym of the viewer: the sub of its token.")] string? ViewerId,
    [property: Description("placed, paid, cancelled, refunded or redeemed.")] string? Kind,
    DateTimeOffset? OccurredAt,
    [property: Description("Needed where a kind occurs twice in an order (partial refunds).")] string? EventId = null,
    string? ShareCode = null,
    [property: Description("What the viewer's click was answered with.")] string? ClickToken = null);

internal sealed record OrderBatchRequest(
    [property: Description("1 to 1000 events; each is accepted or refused on its own.")] IReadOnlyList<OrderRequest?>? Orders);

internal sealed record AttributionResponse(
    string OrderId,
    int LineNo,
    string MerchantId,
    string ItemId,
    string OriginRoomId,
    string OriginMerchantId,
    [property: Description("relay: the relay saw the viewer come in; claimed: only the order says so.")] string Origin,
    string CarrierRoomId,
    string? CohostId,
    string? ShareCode,
    string? StoreId,
    string? GuideId,
    int ShareDepth,
    long? OverlaySeq,
    long? MediaTime,
    int PolicyVersion,
    DateTimeOffset OccurredAt,
    DateTimeOffset At,
    [property: Description("none, genuine, otherItem, otherOwner, otherViewer, otherRoom, expired or forged: what the order's click token proves.")]
    string Click,
    DateTimeOffset? ClickedAt,
    [property: Description("What kind of overlay was clicked.")] string? OverlayType,
    [property: Description("Whose tile of the picture was tapped.")] string? TileMerchantId,
    [property: Description("Whose host was speaking; null when that is not known.")] string? SpeakerMerchantId,
    [property: Description("The codes from the guide's own to shareCode.")] IReadOnlyList<string> ShareChain);

internal sealed record OrderAttributionResponse(
    string OrderId,
    [property: Description("One per line of this merchant.")] IReadOnlyList<AttributionLineResponse> Lines);

internal sealed record AttributionLineResponse(
    AttributionResponse Record,
    [property: Description("Seconds of the carrier room's feed, from its beginning: mediaTime / 90,000. Null when it is not known.")]
    double? LiveSecond);

internal sealed record OrderResponse(
    string OrderId,
    string? EventId,
    string Kind,
    [property: Description("applied, or waiting: a cancel or refund that came before its sale.")] string State,
    IReadOnlyList<AttributionResponse> Records);

internal sealed record ProblemResponse(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Allowed);

internal sealed record OrderBatchResult(
    [property: Description("What the event alone would have been answered with.")] int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OrderResponse? Order,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProblemResponse? Problem);

internal sealed record OrderBatchResponse(
    [property: Description("One per event, in the order of the request.")] IReadOnlyList<OrderBatchResult> Results);

internal sealed record OrderLineResponse(
    int LineNo, string MerchantId, string ItemId, long Quantity, long AmountMinor, string Currency);

internal sealed record QuarantinedResponse(
    long Seq,
    string OrderId,
    string? EventId,
    string Kind,
    string RoomId,
    string ViewerId,
    DateTimeOffset OccurredAt,
    string? ShareCode,
    IReadOnlyList<OrderLineResponse> Lines,
    string Reason,
    DateTimeOffset At);

internal sealed record QuarantineResponse(
    IReadOnlyList<QuarantinedResponse> Events,
    [property: Description("The following after; null at the end.")] long? Next);
