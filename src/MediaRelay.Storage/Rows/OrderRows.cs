using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;

namespace MediaRelay.Storage.Rows;

internal sealed record OrderEventRow(
    long State, byte[] Content, long Arrival, long Accepted_at, long? Media_time, string? Speaker_merchant_id)
{
    public const string Columns = "state, content, arrival, accepted_at, media_time, speaker_merchant_id";

    public RecordedOrderEvent ToEvent() => new(
        OrderEventCodec.Decode(Content), (OrderEventState)State, Arrival, UnixMicros.ToTime(Accepted_at),
        new LiveMoment(Media_time, Speaker_merchant_id is null ? null : MerchantId.Parse(Speaker_merchant_id)));
}

internal sealed record QuarantineRow(long Seq, byte[] Content, string Reason, long At)
{
    public QuarantinedEvent ToEvent() => new(Seq, OrderEventCodec.Decode(Content), Reason, UnixMicros.ToTime(At));
}

internal sealed record AttributionRow(
    string Order_id, long Line_no, string Merchant_id, string Item_id, string Origin_room_id, string Origin_merchant_id,
    long Is_origin_claimed, string Carrier_room_id, string? Cohost_id, string? Share_code, string? Store_id,
    string? Guide_id,
    long Share_depth, long Click, long? Overlay_seq, long? Media_time, long Policy_version, long Occurred_at, long At,
    string? Overlay_type, string? Tile_merchant_id, string? Speaker_merchant_id, string? Share_chain, long? Clicked_at,
    string? Carrier_merchant_id)
{
    public AttributionRecord ToRecord() => new(
        OrderId.Parse(Order_id), (int)Line_no, new ItemKey(MerchantId.Parse(Merchant_id), ItemId.Parse(Item_id)),
        RoomId.Parse(Origin_room_id), MerchantId.Parse(Origin_merchant_id), Is_origin_claimed != 0,
        RoomId.Parse(Carrier_room_id),
        Cohost_id is null ? null : CoHostId.Parse(Cohost_id), Share_code is null ? null : ShareCode.Parse(Share_code),
        Store_id is null ? null : StoreId.Parse(Store_id), Guide_id is null ? null : GuideId.Parse(Guide_id),
        (int)Share_depth,
        (ClickEvidence)Click, Overlay_seq, Media_time, (int)Policy_version, UnixMicros.ToTime(Occurred_at),
        UnixMicros.ToTime(At), Overlay_type, Merchant(Tile_merchant_id), Merchant(Speaker_merchant_id),
        ShareChain.FromText(Share_chain), Clicked_at is { } clicked ? UnixMicros.ToTime(clicked) : null,
        Merchant(Carrier_merchant_id));

    private static MerchantId? Merchant(string? id) => id is null ? null : MerchantId.Parse(id);
}

internal sealed record LedgerRow(
    string Merchant_id, long Seq, long Kind, string Order_id, long Line_no, string? Item_id, long? Quantity,
    long? Amount_minor,
    string? Currency, string Origin_room_id, string Carrier_room_id, string? Cohost_id, string? Share_code,
    long? Media_time,
    long Occurred_at, long At, string Hash)
{
    public LedgerEntry ToEntry() => new(
        Seq, (LedgerKind)Kind, OrderId.Parse(Order_id), (int)Line_no, MerchantId.Parse(Merchant_id),
        Item_id is null ? null : ItemId.Parse(Item_id), Quantity, Amount_minor, Currency, RoomId.Parse(Origin_room_id),
        RoomId.Parse(Carrier_room_id), Cohost_id is null ? null : CoHostId.Parse(Cohost_id),
        Share_code is null ? null : ShareCode.Parse(Share_code), Media_time, UnixMicros.ToTime(Occurred_at),
        UnixMicros.ToTime(At), Hash);
}

internal sealed record LedgerHeadRow(string Merchant_id, long Seq, string Hash)
{
    public LedgerHead ToHead() => new(MerchantId.Parse(Merchant_id), Seq, Hash);
}

/// <summary>
/// Properties and no constructor: SQLite tells the type of a computed column by its value, and an empty result has
/// none.
/// </summary>
internal sealed record SumRow
{
    public string Currency { get; init; } = "";

    public long Merchants_minor { get; init; }

    public long Unattributed_minor { get; init; }

    public long Total_minor { get; init; }

    public Conservation ToSum() => new(Currency, Merchants_minor, Unattributed_minor, Total_minor);
}

/// <summary>Properties for the same reason.</summary>
internal sealed record ShareCodeSalesRow
{
    public string Share_code { get; init; } = "";

    public string Currency { get; init; } = "";

    public long Orders { get; init; }

    public long Gross_minor { get; init; }

    public long Net_minor { get; init; }

    public ShareCodeSales ToSales() => new(ShareCode.Parse(Share_code), Currency, Orders, Gross_minor, Net_minor);
}
