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
    [property: Description("Viewers to whose connection it was handed.")] long Sent,
    [property: Description("Viewers whose side has it: acknowledged by SCTP on a data channel, by the viewer's receipt message on a WebSocket.")] long Received,
    [property: Description("After five seconds, viewers who were sent it and have not received it: most have left.")] long Lost,
    [property: Description("Viewers who sent a receipt message for it, over whatever connection.")] long Confirmed,
    [property: Description("Median time from acceptance to arrival, in milliseconds; null before any.")] double? P50,
    [property: Description("99th percentile of the same.")] double? P99);
