using System.ComponentModel;
using System.Text.Json;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record OverlayRequest(
    [property: Description("coupon, flashSale, bargain, draw, comment or notice.")] string? Type,
    [property: Description("Whose overlay it is.")] string? MerchantId,
    [property: Description("An object of up to 60 KiB as MessagePack. Fields that the relay knows are checked (see the integration guide); what else it holds is between the platform and its pages.")] JsonElement? Body,
    [property: Description("Media time (90 kHz) on the room's feed that it belongs to.")] long? At = null);

internal sealed record OverlayResponse([property: Description("The room's number of the message.")] long Seq);

internal sealed record DrawResponse(
    string DrawId,
    [property: Description("open, closed or revealed.")] string State,
    int Prizes,
    [property: Description("SHA-256 of the seed, published when the draw opened.")] string Commit,
    [property: Description("How many have entered.")] long Entered,
    [property: Description("What stands for each viewer, in order: SHA-256 of merchantId LF drawId LF viewerId. Once it is closed.")] IReadOnlyList<string>? Entries,
    [property: Description("SHA-256 of the entries' bytes, one behind the other. Once it is closed.")] string? EntriesHash,
    [property: Description("Once it is revealed.")] string? Seed,
    [property: Description("Entries that win, first prize first. Once it is revealed.")] IReadOnlyList<string>? Winners,
    [property: Description("The same as viewer ids, for the merchant and the platform.")] IReadOnlyList<string>? WinnerViewerIds);

internal sealed record OverlayReceiptsResponse(
    long Seq,
    [property: Description("Viewers to whose connection it was handed.")] long Sent,
    [property: Description("Viewers whose side has it: acknowledged by SCTP on a data channel, by the viewer's receipt message on a WebSocket.")] long Received,
    [property: Description("After five seconds, viewers who were sent it and have not received it: most have left.")] long Lost,
    [property: Description("Viewers who sent a receipt message for it, over whatever connection.")] long Confirmed,
    [property: Description("Median time from acceptance to arrival, in milliseconds; null before any.")] double? P50,
    [property: Description("99th percentile of the same.")] double? P99);
