using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Rows;

namespace MediaRelay.Storage.Sqlite;

/// <summary>Writes changes as rows, within the transaction that the caller has opened.</summary>
internal sealed class SqliteChangeWriter(SqliteStatements statements)
{
    public void Write(CommerceChange change)
    {
        switch (change)
        {
            case LedgerChange { Entry: var entry }: Write(entry); break;
            case OrderEventChange { Event: var recorded }: Write(recorded); break;
            case AttributionChange { Record: var record }: Write(record); break;
            case OrderSumChange sum: Write(sum); break;
            case QuarantineChange { Event: var quarantined }: Write(quarantined); break;
            case ViewerTouchChange { Touch: var touch }: Write(touch); break;
            case ShareCodeChange share: Write(share); break;
            case ShelfItemChange { Item: var item }: Write(item); break;
            case SpotlightChange spotlight: Write(spotlight); break;
            case CoHostChange { Session: var session }: Write(session); break;
            case RoomChange { Room: var room }: Write(room); break;
            case ShowChange { Show: var show }: Write(show); break;
            case MerchantChange { Merchant: var merchant }: Write(merchant); break;
            default: throw new InvalidOperationException($"No table takes a {change.GetType().Name}.");
        }
    }

    private void Write(Merchant merchant) => statements.Run(
        "INSERT INTO merchant VALUES ($1, $2) ON CONFLICT (merchant_id) DO UPDATE SET name = excluded.name",
        merchant.Id.Value, merchant.Name);

    // The owner is not among what an update changes.
    private void Write(Room room) => statements.Run(
        """
        INSERT INTO room VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (room_id) DO UPDATE SET title = excluded.title, orientation = excluded.orientation,
            is_public = excluded.is_public,
            video_codec = excluded.video_codec, created_at = excluded.created_at, is_deleted = excluded.is_deleted
        """,
        room.Id.Value, room.MerchantId.Value, room.Title, (int)room.Orientation, room.IsPublic, (int?)room.VideoCodec,
        UnixMicros.Of(room.CreatedAt), room.IsDeleted);

    private void Write(Show show) => statements.Run(
        "INSERT INTO show VALUES ($1, $2, $3, $4) ON CONFLICT (show_id) DO UPDATE SET ended_at = excluded.ended_at",
        show.Id.Value, show.RoomId.Value, UnixMicros.Of(show.StartedAt), Micros(show.EndedAt));

    private void Write(ShelfItem item) => statements.Run(
        """
        INSERT INTO shelf_item VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (merchant_id, item_id) DO UPDATE SET title = excluded.title, price_minor = excluded.price_minor,
            currency = excluded.currency, stock = excluded.stock, image_url = excluded.image_url, url = excluded.url,
            position = excluded.position, arrival = excluded.arrival, version = excluded.version,
            is_removed = excluded.is_removed
        """,
        item.Key.MerchantId.Value, item.Key.ItemId.Value, item.Title, item.Price.Minor, item.Price.Currency, item.Stock,
        item.ImageUrl,
        item.Url, item.Position, item.Arrival, item.Version, item.IsRemoved);

    private void Write(SpotlightChange change)
    {
        if (change.Spotlight is { } spotlight)
        {
            statements.Run(
                "INSERT OR REPLACE INTO spotlight VALUES ($1, $2, $3, $4)",
                spotlight.RoomId.Value, spotlight.Item.MerchantId.Value, spotlight.Item.ItemId.Value,
                UnixMicros.Of(spotlight.Since));
        }
        else
        {
            statements.Run("DELETE FROM spotlight WHERE room_id = $1", change.RoomId.Value);
        }
    }

    private void Write(CoHostSession session) => statements.Run(
        """
        INSERT INTO cohost VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (cohost_id) DO UPDATE SET state = excluded.state, content = excluded.content,
            active_at = excluded.active_at,
            ended_at = excluded.ended_at
        """,
        session.Id.Value, (int)session.State, CoHostContent.Of(session).ToJson(), session.InvitedBy?.Value,
        UnixMicros.Of(session.InvitedAt),
        UnixMicros.Of(session.ExpiresAt), Micros(session.ActiveAt), Micros(session.EndedAt), session.IdempotencyKey,
        session.RequestContent);

    private void Write(RecordedOrderEvent recorded) => statements.Run(
        """
        INSERT INTO order_event VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (order_id, event_key) DO UPDATE SET state = excluded.state
        """,
        recorded.Event.OrderId.Value, recorded.Event.Key, recorded.Event.EventId?.Value, (int)recorded.State,
        OrderEventCodec.Encode(recorded.Event), recorded.Arrival, UnixMicros.Of(recorded.AcceptedAt));

    private void Write(AttributionRecord record) => statements.Run(
        "INSERT INTO attribution VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        record.OrderId.Value, record.LineNo, record.Item.MerchantId.Value, record.Item.ItemId.Value,
        record.OriginRoomId.Value,
        record.OriginMerchantId.Value, record.IsOriginClaimed, record.CarrierRoomId.Value, record.CoHostId?.Value,
        record.ShareCode?.Value,
        record.StoreId?.Value, record.GuideId?.Value, record.ShareDepth, (int)record.Click, record.OverlaySeq,
        record.MediaTime,
        record.PolicyVersion, UnixMicros.Of(record.OccurredAt), UnixMicros.Of(record.At));

    private void Write(LedgerEntry entry)
    {
        statements.Run(
            "INSERT INTO ledger VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            entry.MerchantId.Value, entry.Seq, (int)entry.Kind, entry.OrderId.Value, entry.LineNo, entry.ItemId?.Value,
            entry.Quantity,
            entry.AmountMinor, entry.Currency, entry.OriginRoomId.Value, entry.CarrierRoomId.Value,
            entry.CoHostId?.Value,
            entry.ShareCode?.Value, entry.MediaTime, UnixMicros.Of(entry.OccurredAt), UnixMicros.Of(entry.At),
            entry.Hash);
        statements.Run(
            """
            INSERT INTO ledger_head VALUES ($1, $2, $3)
            ON CONFLICT (merchant_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
            """,
            entry.MerchantId.Value, entry.Seq, entry.Hash);
    }

    private void Write(QuarantinedEvent quarantined) => statements.Run(
        "INSERT INTO quarantine VALUES ($1, $2, $3, $4, $5)",
        quarantined.Seq, quarantined.Event.OrderId.Value, OrderEventCodec.Encode(quarantined.Event), quarantined.Reason,
        UnixMicros.Of(quarantined.At));

    private void Write(OrderSumChange sum) => statements.Run(
        """
        INSERT INTO order_sum VALUES ($1, $2, $3)
        ON CONFLICT (currency) DO UPDATE SET total_minor = total_minor + excluded.total_minor,
            unattributed_minor = unattributed_minor + excluded.unattributed_minor
        """,
        sum.Currency, sum.TotalMinor, sum.UnattributedMinor);

    private void Write(ShareCodeChange change) => statements.Run(
        "INSERT OR REPLACE INTO share_code VALUES ($1, $2, $3, $4, $5)",
        change.Entry.Code.Value, change.Entry.MerchantId.Value, change.Entry.StoreId.Value, change.Entry.GuideId.Value,
        change.Entry.ParentCode?.Value);

    private void Write(in ViewerTouch touch) => statements.Run(
        "INSERT OR REPLACE INTO viewer_touch VALUES ($1, $2, $3, $4)",
        touch.ViewerId.Value, touch.RoomId.Value, touch.ShareCode?.Value, UnixMicros.Of(touch.At));

    private static long? Micros(DateTimeOffset? time) => time is { } value ? UnixMicros.Of(value) : null;
}
