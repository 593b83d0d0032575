using System.Text.Json;
using System.Text.Json.Serialization;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary>How events are written: camel case, every member present.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WebhookEvent))]
[JsonSerializable(typeof(RoomData))]
[JsonSerializable(typeof(ViewerJoinedData))]
[JsonSerializable(typeof(ViewerHandedOffData))]
[JsonSerializable(typeof(CoHostData))]
[JsonSerializable(typeof(CoHostLayoutData))]
[JsonSerializable(typeof(ShelfItemData))]
[JsonSerializable(typeof(SpotlightData))]
[JsonSerializable(typeof(OrderData))]
[JsonSerializable(typeof(QuarantineData))]
[JsonSerializable(typeof(CheckpointData))]
[JsonSerializable(typeof(OverlayPublishedData))]
[JsonSerializable(typeof(OverlayClaimedData))]
[JsonSerializable(typeof(DrawData))]
[JsonSerializable(typeof(InteractionTotalsData))]
[JsonSerializable(typeof(LeaderboardData))]
[JsonSerializable(typeof(ReportReadyData))]
public sealed partial class WebhookJson : JsonSerializerContext
{
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        [WebhookEventTypes.RoomOpened] = typeof(RoomData),
        [WebhookEventTypes.RoomClosed] = typeof(RoomData),
        [WebhookEventTypes.ViewerJoined] = typeof(ViewerJoinedData),
        [WebhookEventTypes.ViewerHandedOff] = typeof(ViewerHandedOffData),
        [WebhookEventTypes.CoHostInvited] = typeof(CoHostData),
        [WebhookEventTypes.CoHostAccepted] = typeof(CoHostData),
        [WebhookEventTypes.CoHostDeclined] = typeof(CoHostData),
        [WebhookEventTypes.CoHostCancelled] = typeof(CoHostData),
        [WebhookEventTypes.CoHostExpired] = typeof(CoHostData),
        [WebhookEventTypes.CoHostLinked] = typeof(CoHostData),
        [WebhookEventTypes.CoHostUnlinked] = typeof(CoHostData),
        [WebhookEventTypes.CoHostLayout] = typeof(CoHostLayoutData),
        [WebhookEventTypes.ShelfItemUpserted] = typeof(ShelfItemData),
        [WebhookEventTypes.ShelfItemRemoved] = typeof(ShelfItemData),
        [WebhookEventTypes.ShelfItemSpotlighted] = typeof(SpotlightData),
        [WebhookEventTypes.OrderAttributed] = typeof(OrderData),
        [WebhookEventTypes.OrderQuarantined] = typeof(QuarantineData),
        [WebhookEventTypes.LedgerCheckpoint] = typeof(CheckpointData),
        [WebhookEventTypes.OverlayPublished] = typeof(OverlayPublishedData),
        [WebhookEventTypes.OverlayClaimed] = typeof(OverlayClaimedData),
        [WebhookEventTypes.DrawOpened] = typeof(DrawData),
        [WebhookEventTypes.DrawClosed] = typeof(DrawData),
        [WebhookEventTypes.DrawRevealed] = typeof(DrawData),
        [WebhookEventTypes.InteractionTotals] = typeof(InteractionTotalsData),
        [WebhookEventTypes.LeaderboardUpdated] = typeof(LeaderboardData),
        [WebhookEventTypes.ReportReady] = typeof(ReportReadyData),
    };

    /// <summary>The type of an event's <c>data</c>.</summary>
    public static Type DataOf(string eventType) => Types[eventType];
}
