using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Reading;
using MediaRelay.Storage.Rows;
using static MediaRelay.Storage.Writing.SqlText;

namespace MediaRelay.Storage.Writing;

/// <summary>
/// The rows that each change becomes, for both engines. How they are read back stands in <see
/// cref="Reading.CommerceReader"/>.
/// </summary>
internal static class ChangeStatements
{
    private static readonly string PutMerchant = Upsert("merchant", "merchant_id, name", key: "merchant_id");

    // The owner is not among what an update changes.
    private static readonly string PutRoom = Upsert(
        "room", "room_id, merchant_id, title, orientation, is_public, video_codec, created_at, is_deleted",
        key: "room_id", updated: "title, orientation, is_public, video_codec, created_at, is_deleted");

    private static readonly string PutShow = Upsert(
        "show", "show_id, room_id, started_at, ended_at", key: "show_id", updated: "ended_at");

    private static readonly string PutShelfItem = Upsert(
        "shelf_item",
        "merchant_id, item_id, title, price_minor, currency, stock, image_url, url, position, arrival, version, is_removed",
        key: "merchant_id, item_id");

    private static readonly string PutSpotlight = Upsert(
        "spotlight", "room_id, merchant_id, item_id, since", key: "room_id");

    private static readonly string PutCoHost = Upsert(
        "cohost",
        "cohost_id, state, content, invited_by, invited_at, expires_at, active_at, ended_at, idempotency_key, request_content",
        key: "cohost_id", updated: "state, content, active_at, ended_at");

    private static readonly string PutOrderEvent = Upsert(
        "order_event",
        "order_id, event_key, event_id, state, content, arrival, accepted_at, media_time, speaker_merchant_id",
        key: "order_id, event_key", updated: "state");

    private static readonly string AddAttribution = Insert(
        "attribution",
        "order_id, line_no, merchant_id, item_id, origin_room_id, origin_merchant_id, is_origin_claimed, carrier_room_id,"
        + " cohost_id, share_code, store_id, guide_id, share_depth, click, overlay_seq, media_time, policy_version,"
        + " occurred_at, at, overlay_type, tile_merchant_id, speaker_merchant_id, share_chain, clicked_at,"
        + " carrier_merchant_id");

    private static readonly string AddLedgerEntry = Insert(
        "ledger",
        "merchant_id, seq, kind, order_id, line_no, item_id, quantity, amount_minor, currency, origin_room_id,"
        + " carrier_room_id, cohost_id, share_code, media_time, occurred_at, at, hash");

    private static readonly string PutLedgerHead = Upsert("ledger_head", "merchant_id, seq, hash", key: "merchant_id");

    private static readonly string AddQuarantined = Insert("quarantine", "seq, order_id, content, reason, at");

    private static readonly string AddToOrderSum =
        Insert("order_sum", "currency, total_minor, unattributed_minor")
        + " ON CONFLICT (currency) DO UPDATE SET total_minor = order_sum.total_minor + excluded.total_minor,"
        + " unattributed_minor = order_sum.unattributed_minor + excluded.unattributed_minor";

    private static readonly string PutShareCode = Upsert(
        "share_code", "code, merchant_id, store_id, guide_id, parent_code", key: "code");

    private static readonly string PutCampaign = Upsert(
        "campaign", "merchant_id, kind, campaign_id, state, content, seed, opened_at", key: "merchant_id, kind, campaign_id",
        updated: "state, content");

    private static readonly string AddParticipation = Insert(
        "participation", "merchant_id, kind, campaign_id, number, viewer_id, at");

    private static readonly string PutLikes = Upsert("room_likes", "room_id, likes", key: "room_id");

    private static readonly string PutViewerTouch = Upsert(
        "viewer_touch", "viewer_id, room_id, share_code, at", key: "viewer_id");

    private static readonly string AddLedgerKey = Insert("ledger_key", "key_id, x, y, since");

    private static readonly string AddCheckpoint = Insert("checkpoint", "merchant_id, seq, head, at, key_id, signature");

    // What was closed stays; only the digest comes later.
    private static readonly string PutStatement = Upsert(
        "statement",
        "merchant_id, statement_id, scope, room_id, from_at, closed_at, head_seq, head, policy_version, digest",
        key: "merchant_id, statement_id", updated: "digest");

    /// <summary>Runs a change's statements; throws <see cref="InvalidOperationException"/> for a kind that no table takes.</summary>
    public static void Write(CommerceChange change, IStatementSink sink)
    {
        switch (change)
        {
            case LedgerChange { Entry: var entry }: Write(entry, sink); break;
            case OrderEventChange { Event: var recorded }: Write(recorded, sink); break;
            case AttributionChange { Record: var record }: Write(record, sink); break;
            case OrderSumChange sum: sink.Run(AddToOrderSum, sum.Currency, sum.TotalMinor, sum.UnattributedMinor); break;
            case QuarantineChange { Event: var quarantined }: Write(quarantined, sink); break;
            case ViewerTouchChange { Touch: var touch }: Write(touch, Log("viewer_touch", sink)); break;
            case ShareCodeChange { Entry: var entry }: Write(entry, Log("share_code", sink)); break;
            case ShelfItemChange { Item: var item }: Write(item, Log("shelf_item", sink)); break;
            case SpotlightChange { Spotlight: { } spotlight }: Write(spotlight, Log("spotlight", sink)); break;
            case SpotlightChange { RoomId: var room }:
                Log(EventLogReader.SpotlightRemoved, sink).Run("DELETE FROM spotlight WHERE room_id = $1", room.Value);
                break;
            case CoHostChange { Session: var session }: Write(session, Log("cohost", sink)); break;
            case RoomChange { Room: var room }: Write(room, Log("room", sink)); break;
            case ShowChange { Show: var show }: Write(show, Log("show", sink)); break;
            case MerchantChange { Merchant: var merchant }:
                Log("merchant", sink).Run(PutMerchant, merchant.Id.Value, merchant.Name);
                break;
            case LedgerKeyChange { Key: var key }: sink.Run(AddLedgerKey, key.KeyId, key.X, key.Y, UnixMicros.Of(key.Since)); break;
            case CheckpointChange { Checkpoint: var checkpoint }: Write(checkpoint, sink); break;
            case StatementChange { Statement: var statement }: Write(statement, sink); break;
            case ParticipationChange { Participation: var participation }: Write(participation, Log("participation", sink)); break;
            case CampaignChange campaign: Write(campaign, campaign.IsOfRecord ? Log("campaign", sink) : sink); break;
            case CampaignForgottenChange { Key: var key }:
                sink.Run(
                    "DELETE FROM campaign WHERE merchant_id = $1 AND kind = $2 AND campaign_id = $3", key.MerchantId.Value, (long)key.Kind, key.Id);
                break;
            case LikesChange likes: sink.Run(PutLikes, likes.RoomId.Value, likes.Likes); break;
            default:
                if (!WebhookStatements.TryWrite(change, sink) && !ReportStatements.TryWrite(change, sink))
                {
                    throw new InvalidOperationException($"No table takes a {change.GetType().Name}.");
                }

                break;
        }
    }

    private static LoggedSink Log(string kind, IStatementSink sink) => new(kind, sink);

    private static void Write(Room room, IStatementSink sink) => sink.Run(
        PutRoom, room.Id.Value, room.MerchantId.Value, room.Title, (long)room.Orientation, room.IsPublic,
        (long?)room.VideoCodec, UnixMicros.Of(room.CreatedAt), room.IsDeleted);

    private static void Write(Show show, IStatementSink sink) => sink.Run(
        PutShow, show.Id.Value, show.RoomId.Value, UnixMicros.Of(show.StartedAt), Micros(show.EndedAt));

    private static void Write(ShelfItem item, IStatementSink sink) => sink.Run(
        PutShelfItem, item.Key.MerchantId.Value, item.Key.ItemId.Value, item.Title, item.Price.Minor, item.Price.Currency,
        item.Stock, item.ImageUrl, item.Url, item.Position, item.Arrival, item.Version, item.IsRemoved);

    private static void Write(Spotlight spotlight, IStatementSink sink) => sink.Run(
        PutSpotlight, spotlight.RoomId.Value, spotlight.Item.MerchantId.Value, spotlight.Item.ItemId.Value,
        UnixMicros.Of(spotlight.Since));

    private static void Write(CoHostSession session, IStatementSink sink) => sink.Run(
        PutCoHost, session.Id.Value, (long)session.State, CoHostContent.Of(session).ToJson(), session.InvitedBy?.Value,
        UnixMicros.Of(session.InvitedAt), UnixMicros.Of(session.ExpiresAt), Micros(session.ActiveAt),
        Micros(session.EndedAt), session.IdempotencyKey, session.RequestContent);

    private static void Write(RecordedOrderEvent recorded, IStatementSink sink) => sink.Run(
        PutOrderEvent, recorded.Event.OrderId.Value, recorded.Event.Key, recorded.Event.EventId?.Value,
        (long)recorded.State, OrderEventCodec.Encode(recorded.Event), recorded.Arrival,
        UnixMicros.Of(recorded.AcceptedAt), recorded.Seen.MediaTime, recorded.Seen.Speaker?.Value);

    private static void Write(AttributionRecord record, IStatementSink sink) => sink.Run(
        AddAttribution, record.OrderId.Value, record.LineNo, record.Item.MerchantId.Value, record.Item.ItemId.Value,
        record.OriginRoomId.Value, record.OriginMerchantId.Value, record.IsOriginClaimed, record.CarrierRoomId.Value,
        record.CoHostId?.Value, record.ShareCode?.Value, record.StoreId?.Value, record.GuideId?.Value, record.ShareDepth,
        (long)record.Click, record.OverlaySeq, record.MediaTime, record.PolicyVersion, UnixMicros.Of(record.OccurredAt),
        UnixMicros.Of(record.At), record.OverlayType, record.TileOwner?.Value, record.Speaker?.Value, ChainOf(record),
        Micros(record.ClickedAt), record.CarrierMerchantId?.Value);

    private static void Write(LedgerEntry entry, IStatementSink sink)
    {
        sink.Run(
            AddLedgerEntry, entry.MerchantId.Value, entry.Seq, (long)entry.Kind, entry.OrderId.Value, entry.LineNo,
            entry.ItemId?.Value, entry.Quantity, entry.AmountMinor, entry.Currency, entry.OriginRoomId.Value,
            entry.CarrierRoomId.Value, entry.CoHostId?.Value, entry.ShareCode?.Value, entry.MediaTime,
            UnixMicros.Of(entry.OccurredAt), UnixMicros.Of(entry.At), entry.Hash);
        sink.Run(PutLedgerHead, entry.MerchantId.Value, entry.Seq, entry.Hash);
    }

    private static void Write(QuarantinedEvent quarantined, IStatementSink sink) => sink.Run(
        AddQuarantined, quarantined.Seq, quarantined.Event.OrderId.Value, OrderEventCodec.Encode(quarantined.Event),
        quarantined.Reason, UnixMicros.Of(quarantined.At));

    private static void Write(ShareCodeEntry entry, IStatementSink sink) => sink.Run(
        PutShareCode, entry.Code.Value, entry.MerchantId.Value, entry.StoreId.Value, entry.GuideId.Value,
        entry.ParentCode?.Value);

    private static void Write(in ViewerTouch touch, IStatementSink sink) => sink.Run(
        PutViewerTouch, touch.ViewerId.Value, touch.RoomId.Value, touch.ShareCode?.Value, UnixMicros.Of(touch.At));

    private static void Write(LedgerCheckpoint checkpoint, IStatementSink sink) => sink.Run(
        AddCheckpoint, checkpoint.MerchantId.Value, checkpoint.Seq, checkpoint.Head, UnixMicros.Of(checkpoint.At),
        checkpoint.KeyId, checkpoint.Signature);

    private static void Write(ClosedStatement statement, IStatementSink sink) => sink.Run(
        PutStatement, statement.MerchantId.Value, statement.Id, (long)statement.Scope, statement.RoomId?.Value,
        UnixMicros.Of(statement.From), UnixMicros.Of(statement.ClosedAt), statement.Head.Seq, statement.Head.Hash,
        statement.PolicyVersion, statement.Digest);

    private static string? ChainOf(AttributionRecord record) =>
        record.ShareChain == ShareChain.Empty ? null : record.ShareChain.Text;

    private static void Write(CampaignChange change, IStatementSink sink) => sink.Run(
        PutCampaign, change.Campaign.Key.MerchantId.Value, (long)change.Campaign.Key.Kind, change.Campaign.Key.Id,
        (long)change.Campaign.State, CampaignContent.ToJson(change.Campaign, change.Outcome), change.Campaign.Seed.ToArray(),
        UnixMicros.Of(change.Campaign.OpenedAt));

    private static void Write(in Participation participation, IStatementSink sink) => sink.Run(
        AddParticipation, participation.Key.MerchantId.Value, (long)participation.Key.Kind, participation.Key.Id, participation.Number,
        participation.ViewerId.Value, UnixMicros.Of(participation.At));

    private static long? Micros(DateTimeOffset? time) => time is { } value ? UnixMicros.Of(value) : null;
}
