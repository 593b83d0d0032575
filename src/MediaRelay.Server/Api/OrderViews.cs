using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>How order events and what was found for them stand in answers.</summary>
internal static class OrderViews
{
    private const double MediaClock = 90_000;

    public static OrderResponse Show(OrderAnswer answer) => new(
        answer.OrderId.Value,
        answer.EventId?.Value,
        NameOf(answer.Kind),
        answer.IsWaiting ? "waiting" : "applied",
        [.. answer.Records.Select(Show)]);

    public static QuarantinedResponse Show(QuarantinedEvent quarantined)
    {
        var given = quarantined.Event;
        return new QuarantinedResponse(
            quarantined.Seq, given.OrderId.Value, given.EventId?.Value, NameOf(given.Kind), given.RoomId.Value, given.ViewerId.Value,
            given.OccurredAt, given.ShareCode?.Value,
            [.. given.Lines.Select(line => new OrderLineResponse(
                line.LineNo, line.Item.MerchantId.Value, line.Item.ItemId.Value, line.Quantity, line.Amount.Minor, line.Amount.Currency))],
            quarantined.Reason, quarantined.At);
    }

    public static string NameOf(OrderKind kind) => kind switch
    {
        OrderKind.Placed => "placed",
        OrderKind.Paid => "paid",
        OrderKind.Cancelled => "cancelled",
        OrderKind.Refunded => "refunded",
        OrderKind.Redeemed => "redeemed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
    };

    public static OrderAttributionResponse Show(OrderId orderId, IEnumerable<AttributionRecord> records) => new(
        orderId.Value,
        [.. records.Select(record => new AttributionLineResponse(Show(record), record.MediaTime / MediaClock))]);

    private static string NameOf(ClickEvidence click) => click switch
    {
        ClickEvidence.None => "none",
        ClickEvidence.Genuine => "genuine",
        ClickEvidence.OtherItem => "otherItem",
        ClickEvidence.OtherOwner => "otherOwner",
        ClickEvidence.OtherViewer => "otherViewer",
        ClickEvidence.OtherRoom => "otherRoom",
        ClickEvidence.Expired => "expired",
        ClickEvidence.Forged => "forged",
        _ => throw new ArgumentOutOfRangeException(nameof(click), click, "Not an evidence."),
    };

    private static AttributionResponse Show(AttributionRecord record) => new(
        record.OrderId.Value,
        record.LineNo,
        record.Item.MerchantId.Value,
        record.Item.ItemId.Value,
        record.OriginRoomId.Value,
        record.OriginMerchantId.Value,
        record.IsOriginClaimed ? "claimed" : "relay",
        record.CarrierRoomId.Value,
        record.CoHostId?.Value,
        record.ShareCode?.Value,
        record.StoreId?.Value,
        record.GuideId?.Value,
        record.ShareDepth,
        record.OverlaySeq,
        record.MediaTime,
        record.PolicyVersion,
        record.OccurredAt,
        record.At,
        NameOf(record.Click),
        record.ClickedAt,
        record.OverlayType,
        record.TileOwner?.Value,
        record.Speaker?.Value,
        [.. record.ShareChain.Codes.Select(code => code.Value)]);
}
