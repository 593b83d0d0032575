using System.ComponentModel;
using System.Text.Json;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record OverlayRequest(
    [property: Description("coupon, flashSale, bargain, draw, comment or notice.")] string? Type,
    [property: Description("Whose overlay it is.")] string? MerchantId,
    [property: Description("An object; what it holds is between the platform and its pages, up to 60 KiB as MessagePack.")] JsonElement? Body,
    [property: Description("Media time (90 kHz) on the room's feed that it belongs to.")] long? At = null);

internal sealed record OverlayResponse([property: Description("The room's number of the message.")] long Seq);

internal sealed record OverlayReceiptsResponse(
    long Seq,
    [property: Description("Viewers that it was sent to.")] long Sent,
    [property: Description("Viewers that acknowledged it.")] long Received,
    [property: Description("Viewers that left or were resynchronised before it reached them.")] long Lost,
    [property: Description("Median time from acceptance to the viewer's acknowledgement, in milliseconds.")] double? P50,
    [property: Description("99th percentile of the same.")] double? P99);
