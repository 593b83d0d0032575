using System.Text.Json;
using System.Text.Json.Serialization;

namespace MediaRelay.Server.Api.Contracts;

/// <summary>
/// The API's JSON: camel case, unknown members ignored, everything else strict (numbers are numbers, a member stands once), so
/// that a platform's mistake is an answer and not a wrong entry.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(MerchantRequest))]
[JsonSerializable(typeof(MerchantResponse))]
[JsonSerializable(typeof(RoomRequest))]
[JsonSerializable(typeof(RoomResponse))]
[JsonSerializable(typeof(RoomListResponse))]
[JsonSerializable(typeof(ShelfItemRequest))]
[JsonSerializable(typeof(ShelfItemResponse))]
[JsonSerializable(typeof(ShelfResponse))]
[JsonSerializable(typeof(SpotlightRequest))]
[JsonSerializable(typeof(SpotlightResponse))]
[JsonSerializable(typeof(RoomShelvesResponse))]
[JsonSerializable(typeof(CoHostCreateRequest))]
[JsonSerializable(typeof(CoHostLayoutRequest))]
[JsonSerializable(typeof(LayoutTilesRequest))]
[JsonSerializable(typeof(LayoutTilesResponse))]
[JsonSerializable(typeof(CoHostResponse))]
[JsonSerializable(typeof(CoHostListResponse))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderBatchRequest))]
[JsonSerializable(typeof(OrderResponse))]
[JsonSerializable(typeof(OrderBatchResponse))]
[JsonSerializable(typeof(QuarantineResponse))]
[JsonSerializable(typeof(LedgerResponse))]
[JsonSerializable(typeof(LedgerVerifyResponse))]
[JsonSerializable(typeof(LedgerFiguresResponse))]
[JsonSerializable(typeof(CheckpointsResponse))]
[JsonSerializable(typeof(LedgerKeysResponse))]
[JsonSerializable(typeof(ExportHeaderLine))]
[JsonSerializable(typeof(ExportKeyLine))]
[JsonSerializable(typeof(ExportCheckpointLine))]
[JsonSerializable(typeof(ExportHeadLine))]
[JsonSerializable(typeof(ClosedStatementsResponse))]
[JsonSerializable(typeof(OrderAttributionResponse))]
[JsonSerializable(typeof(ShareCodeRequest))]
[JsonSerializable(typeof(ShareCodeResponse))]
[JsonSerializable(typeof(LeaderboardResponse))]
[JsonSerializable(typeof(OverlayRequest))]
[JsonSerializable(typeof(OverlayResponse))]
[JsonSerializable(typeof(DrawResponse))]
[JsonSerializable(typeof(OverlayReceiptsResponse))]
[JsonSerializable(typeof(HandOffRequest))]
[JsonSerializable(typeof(HandOffResponse))]
[JsonSerializable(typeof(ReportResponse))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookResponse))]
[JsonSerializable(typeof(WebhookListResponse))]
[JsonSerializable(typeof(NodeResponse))]
[JsonSerializable(typeof(DrainResponse))]
[JsonSerializable(typeof(DevLinksResponse))]
internal sealed partial class ApiJson : JsonSerializerContext;
