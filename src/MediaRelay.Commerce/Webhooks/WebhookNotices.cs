using System.Collections.Immutable;
using System.Text.Json;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks.Data;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>What a decision means in words for receivers outside.</summary>
internal sealed class WebhookNotices(CommerceState state, LiveMomentSource live)
{
    private Catalog Catalog => state.Catalog;

    public IEnumerable<WebhookNotice> Of(DateTimeOffset now, Decision decision)
    {
        foreach (var commerceEvent in decision.Events.ToList())
        {
            foreach (var notice in OfEvent(commerceEvent, decision.Changes))
            {
                yield return notice;
            }
        }

        foreach (var change in decision.Changes.ToList())
        {
            if (change is SpotlightChange spotlight)
            {
                yield return Of(now, spotlight);
            }
            else if (change is LedgerChange { Entry: var entry })
            {
                yield return Of(entry, decision.Changes);
            }
            else if (change is QuarantineChange { Event: var quarantined })
            {
                yield return Of(quarantined);
            }
            else if (change is CheckpointChange { Checkpoint: var checkpoint })
            {
                yield return Of(checkpoint);
            }
        }

        Announce(now, decision);
    }

    private IEnumerable<WebhookNotice> OfEvent(CommerceEvent commerceEvent, IReadOnlyList<CommerceChange> changes) => commerceEvent switch
    {
        ShowChanged changed => Of(changed),
        ShelfChanged changed => [Of(changed)],
        CoHostChanged changed => Of(changed, changes),
        LayoutChanged changed => Of(changed, changes),
        CampaignOpened { View: { Campaign.Key.Kind: CampaignKind.Draw } view } opened => [Of(opened.At, opened.RoomId, view)],
        CampaignEnded { View: { Campaign.Key.Kind: CampaignKind.Draw } view } ended => [Of(ended.At, ended.RoomId, view)],
        ParticipationAccepted { Participation.Key.Kind: CampaignKind.Coupon } claimed => [Of(claimed)],
        _ => [],
    };

    private IEnumerable<WebhookNotice> Of(ShowChanged changed)
    {
        var show = changed.Show;
        if (Catalog.TryGetAnyRoom(show.RoomId, out var room))
        {
            yield return new WebhookNotice(
                show.EndedAt is null ? WebhookEventTypes.RoomOpened : WebhookEventTypes.RoomClosed,
                changed.At, room.Id, show.Id, room.MerchantId, new RoomData(room.Title, show.StartedAt, show.EndedAt));
        }
    }

    private static WebhookNotice Of(ShelfChanged changed)
    {
        var item = changed.Item;
        return new WebhookNotice(
            item.IsRemoved ? WebhookEventTypes.ShelfItemRemoved : WebhookEventTypes.ShelfItemUpserted,
            changed.At, null, null, item.Key.MerchantId,
            new ShelfItemData(
                item.Key.ItemId.Value, item.Title, item.Price.Minor, item.Price.Currency, item.Stock, item.Position, item.ImageUrl,
                item.Url, item.Version));
    }

    // In every room of the session, so that each merchant reads it among the events of its own.
    private IEnumerable<WebhookNotice> Of(CoHostChanged changed, IReadOnlyList<CommerceChange> changes)
    {
        var session = changed.Session;
        var data = new CoHostData(
            session.Id.Value, session.State.ToString().ToLowerInvariant(),
            [.. session.Rooms.Select(room => new CoHostMemberData(room.RoomId.Value, room.MerchantId.Value))],
            session.InvitedBy?.Value, session.InvitedAt, session.ActiveAt, session.EndedAt);
        return TypesOf(changed).SelectMany(type => InEveryRoom(type, changed.At, session, changes, data));
    }

    private static ImmutableArray<string> TypesOf(CoHostChanged changed) => (changed.Before, changed.Session.State) switch
    {
        (null, CoHostState.Invited) => [WebhookEventTypes.CoHostInvited],
        (null, CoHostState.Active) => [WebhookEventTypes.CoHostLinked],
        (CoHostState.Invited, CoHostState.Invited) => [WebhookEventTypes.CoHostAccepted],
        (CoHostState.Invited, CoHostState.Active) => [WebhookEventTypes.CoHostAccepted, WebhookEventTypes.CoHostLinked],
        (_, CoHostState.Declined) => [WebhookEventTypes.CoHostDeclined],
        (_, CoHostState.Cancelled) => [WebhookEventTypes.CoHostCancelled],
        (_, CoHostState.Expired) => [WebhookEventTypes.CoHostExpired],
        (_, CoHostState.Ended) => [WebhookEventTypes.CoHostUnlinked],
        _ => [],
    };

    private IEnumerable<WebhookNotice> Of(LayoutChanged changed, IReadOnlyList<CommerceChange> changes) => InEveryRoom(
        WebhookEventTypes.CoHostLayout, changed.At, changed.Session, changes,
        new CoHostLayoutData(
            changed.Session.Id.Value, changed.Session.Layout.Name,
            [.. changed.Session.Layout.Tiles.Select(tile => new TileData(tile.RoomId.Value, tile.X, tile.Y, tile.Width, tile.Height, tile.Z))],
            changed.MediaTime));

    private IEnumerable<WebhookNotice> InEveryRoom(
        string type, DateTimeOffset at, CoHostSession session, IReadOnlyList<CommerceChange> changes, WebhookData data) =>
        session.Rooms.Select(room => new WebhookNotice(
            type, at, room.RoomId, ShowOf(room.RoomId, changes)?.Id, room.MerchantId, data));

    // A show that ends with this decision is over already, and what ends with it belongs to it.
    private Show? ShowOf(RoomId roomId, IReadOnlyList<CommerceChange> changes) =>
        changes.OfType<ShowChange>().FirstOrDefault(change => change.Show.RoomId == roomId)?.Show ?? Catalog.RunningShow(roomId);

    // The coupon's merchant is told, in whichever of the joined rooms its viewer was.
    private WebhookNotice Of(ParticipationAccepted claimed)
    {
        var claim = claimed.Participation;
        var shareCode = state.Origins.TryGet(claim.At, claim.ViewerId, out var touch) ? touch.ShareCode : null;
        return new WebhookNotice(
            WebhookEventTypes.OverlayClaimed, claimed.At, claimed.RoomId, Catalog.RunningShow(claimed.RoomId)?.Id, claim.Key.MerchantId,
            new OverlayClaimedData(claim.Key.Id, claim.ViewerId.Value, claim.Number, shareCode?.Value));
    }

    private WebhookNotice Of(DateTimeOffset now, RoomId roomId, CampaignView draw)
    {
        var campaign = draw.Campaign;
        var isRevealed = campaign.State == CampaignState.Revealed;
        var winners = isRevealed ? draw.Outcome!.Winners : [];
        return new WebhookNotice(
            TypeOf(campaign.State), now, roomId, Catalog.RunningShow(roomId)?.Id, campaign.Key.MerchantId,
            new DrawData(
                campaign.Key.Id, campaign.State.ToString().ToLowerInvariant(), campaign.Terms.Prizes ?? 1, draw.Count,
                Convert.ToHexStringLower(DrawRules.Commit(campaign.Seed.AsSpan())),
                draw.Outcome is { } outcome ? Convert.ToHexStringLower(outcome.EntriesHash.AsSpan()) : null,
                isRevealed ? Convert.ToHexStringLower(campaign.Seed.AsSpan()) : null,
                isRevealed ? [.. winners.Select(winner => Convert.ToHexStringLower(winner.AsSpan()))] : null,
                isRevealed ? [.. ViewersOf(campaign.Key, winners)] : null));
    }

    private static string TypeOf(CampaignState draw) => draw switch
    {
        CampaignState.Open => WebhookEventTypes.DrawOpened,
        CampaignState.Closed => WebhookEventTypes.DrawClosed,
        _ => WebhookEventTypes.DrawRevealed,
    };

    private IEnumerable<string> ViewersOf(CampaignKey draw, ImmutableArray<ImmutableArray<byte>> entries)
    {
        var viewers = state.Participants.InOrder(draw).ToDictionary(
            viewer => Convert.ToHexStringLower(DrawRules.Entry(draw, viewer.Value)), viewer => viewer.Value, StringComparer.Ordinal);
        return entries.Select(entry => viewers[Convert.ToHexStringLower(entry.AsSpan())]);
    }

    private WebhookNotice Of(DateTimeOffset now, SpotlightChange change)
    {
        Catalog.TryGetAnyRoom(change.RoomId, out var room);
        return new WebhookNotice(
            WebhookEventTypes.ShelfItemSpotlighted, now, change.RoomId, Catalog.RunningShow(change.RoomId)?.Id,
            change.Spotlight?.Item.MerchantId ?? room!.MerchantId,
            new SpotlightData(change.Spotlight?.Item.ItemId.Value, live(change.RoomId, now).MediaTime));
    }

    private WebhookNotice Of(LedgerEntry entry, IReadOnlyList<CommerceChange> changes)
    {
        // Of a sale; what is taken back later has its facts in the sale's event. A referral names the traffic only.
        var facts = entry.Kind == LedgerKind.Referral
            ? null
            : changes.OfType<AttributionChange>().Select(change => change.Record)
                .FirstOrDefault(record => record.OrderId == entry.OrderId && record.LineNo == entry.LineNo);
        return new WebhookNotice(
            WebhookEventTypes.OrderAttributed, entry.At, entry.CarrierRoomId, Catalog.RunningShow(entry.CarrierRoomId)?.Id,
            entry.MerchantId,
            new OrderData(
                entry.Seq, entry.Kind.ToString().ToLowerInvariant(), entry.OrderId.Value, entry.LineNo, entry.ItemId?.Value, entry.Quantity,
                entry.AmountMinor, entry.Currency, entry.OriginRoomId.Value, entry.CarrierRoomId.Value, entry.CoHostId?.Value,
                entry.ShareCode?.Value, facts?.StoreId?.Value, facts?.GuideId?.Value, facts is null ? null : NameOf(facts.Click),
                facts?.OverlaySeq, facts?.OverlayType, facts?.Speaker?.Value, entry.MediaTime, entry.OccurredAt, entry.Hash));
    }

    private static WebhookNotice Of(LedgerCheckpoint checkpoint) => new(
        WebhookEventTypes.LedgerCheckpoint, checkpoint.At, null, null, checkpoint.MerchantId,
        new CheckpointData(checkpoint.Seq, checkpoint.Head, checkpoint.At, checkpoint.KeyId, checkpoint.Signature));

    private WebhookNotice Of(QuarantinedEvent quarantined) => new(
        WebhookEventTypes.OrderQuarantined, quarantined.At, quarantined.Event.RoomId, Catalog.RunningShow(quarantined.Event.RoomId)?.Id, null,
        new QuarantineData(
            quarantined.Seq, quarantined.Event.OrderId.Value, quarantined.Event.EventId?.Value, quarantined.Reason));

    // Whoever makes boards from the ledger hears of each hour once per decision.
    private void Announce(DateTimeOffset now, Decision decision)
    {
        if (!state.Webhooks.Webhooks.Any(webhook => WebhookEventTypes.Matches(webhook.Events, WebhookEventTypes.LeaderboardUpdated)))
        {
            return;
        }

        foreach (var board in decision.Changes.OfType<LedgerChange>()
            .Where(change => change.Entry.ShareCode is not null && change.Entry.AmountMinor is not null)
            .Select(change => (change.Entry.MerchantId, Window: Leaderboard.WindowStart(change.Entry.OccurredAt)))
            .Distinct().ToList())
        {
            decision.Announce(new LeaderboardChanged(now, board.MerchantId, board.Window));
        }
    }

    private static string NameOf(ClickEvidence click) => JsonNamingPolicy.CamelCase.ConvertName(click.ToString());
}
