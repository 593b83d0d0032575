using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Storage.Rows;

/// <summary>Rows as Dapper fills them: the constructor's parameters are the columns of <c>SELECT *</c>.</summary>
internal sealed record MerchantRow(string Merchant_id, string Name)
{
    public Merchant ToMerchant() => new(MerchantId.Parse(Merchant_id), Name);
}

internal sealed record RoomRow(
    string Room_id, string Merchant_id, string Title, long Orientation, long Is_public, long? Video_codec,
    long Created_at, long Is_deleted)
{
    public Room ToRoom() => new(
        RoomId.Parse(Room_id), MerchantId.Parse(Merchant_id), Title, (RoomOrientation)Orientation, Is_public != 0,
        (RoomVideoCodec?)Video_codec,
        UnixMicros.ToTime(Created_at), Is_deleted != 0);
}

internal sealed record ShowRow(string Show_id, string Room_id, long Started_at, long? Ended_at)
{
    public Show ToShow() => new(
        ShowId.Parse(Show_id), RoomId.Parse(Room_id), UnixMicros.ToTime(Started_at),
        Ended_at is { } ended ? UnixMicros.ToTime(ended) : null);
}

internal sealed record ShelfItemRow(
    string Merchant_id, string Item_id, string Title, long Price_minor, string Currency, long Stock, string? Image_url,
    string? Url,
    long Position, long Arrival, long Version, long Is_removed)
{
    public ShelfItem ToItem() => new(
        new ItemKey(MerchantId.Parse(Merchant_id), ItemId.Parse(Item_id)), Title, new Money(Price_minor, Currency),
        Stock, Image_url, Url,
        (int)Position, Arrival, Version, Is_removed != 0);
}

internal sealed record SpotlightRow(string Room_id, string Merchant_id, string Item_id, long Since)
{
    public Spotlight ToSpotlight() => new(
        RoomId.Parse(Room_id), new ItemKey(MerchantId.Parse(Merchant_id), ItemId.Parse(Item_id)),
        UnixMicros.ToTime(Since));
}

internal sealed record CoHostRow(
    string Cohost_id, long State, string Content, string? Invited_by, long Invited_at, long Expires_at, long? Active_at,
    long? Ended_at,
    string? Idempotency_key, string? Request_content)
{
    public CoHostSession ToSession()
    {
        var content = CoHostContent.FromJson(Content);
        return new CoHostSession(
            CoHostId.Parse(Cohost_id),
            [.. content.Rooms.Select(room => new CoHostRoom(RoomId.Parse(room.RoomId), MerchantId.Parse(room.MerchantId)))],
            content.ToLayout(),
            (CoHostState)State,
            Invited_by is null ? null : MerchantId.Parse(Invited_by),
            [.. content.Consents.Select(consent =>
                new CoHostConsent(
                    MerchantId.Parse(consent.MerchantId), UnixMicros.ToTime(consent.At), consent.IsByPlatform))],
            UnixMicros.ToTime(Invited_at),
            UnixMicros.ToTime(Expires_at),
            Active_at is { } active ? UnixMicros.ToTime(active) : null,
            Ended_at is { } ended ? UnixMicros.ToTime(ended) : null,
            Idempotency_key,
            Request_content)
        {
            LastStep = content.ToStep(),
        };
    }
}

internal sealed record ShareCodeRow(
    string Code, string Merchant_id, string Store_id, string Guide_id, string? Parent_code)
{
    public ShareCodeEntry ToEntry() => new(
        ShareCode.Parse(Code), MerchantId.Parse(Merchant_id), StoreId.Parse(Store_id), GuideId.Parse(Guide_id),
        Parent_code is null ? null : ShareCode.Parse(Parent_code));
}

internal sealed record ViewerTouchRow(string Viewer_id, string Room_id, string? Share_code, long At)
{
    public ViewerTouch ToTouch() => new(
        ViewerId.Parse(Viewer_id), RoomId.Parse(Room_id), Share_code is null ? null : ShareCode.Parse(Share_code),
        UnixMicros.ToTime(At));
}
