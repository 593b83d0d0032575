using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// The overlays of all rooms, and what commerce's events become in them. Thread-safe, except that one caller at a time
/// hands in events, so that viewers see them in their order.
/// </summary>
/// <param name="deliver">See <see cref="RoomOverlays"/>.</param>
/// <param name="service">Tells what a room shows when a session begins.</param>
/// <param name="mediaTime">Where a room's feed is, or null when it is not live.</param>
/// <param name="tiles">How the mixer arranges a session for a room; empty when nothing is known.</param>
/// <param name="sessionTime">
/// When a room shows what a session's first room shows at a media time; null when it does not show the same.
/// </param>
public sealed class OverlayRooms(
    Action<RoomId, OverlayMessage> deliver,
    CommerceService service,
    MediaTimeSource mediaTime,
    Func<RoomId, CoHostSession, IReadOnlyList<LayoutTile>> tiles,
    Func<RoomId, CoHostSession, long, long?> sessionTime)
{
    private readonly ConcurrentDictionary<RoomId, RoomOverlays> _rooms = new();
    private readonly BargainTeller _bargains = new();

    /// <summary>Messages that wait for their merchants' turn in the room that has the most.</summary>
    public int MostWaitingTurns => _rooms.Values.Select(room => room.WaitingTurns).DefaultIfEmpty().Max();

    /// <summary>The room's overlays, made when first asked for.</summary>
    public RoomOverlays this[RoomId roomId] =>
        _rooms.GetOrAdd(roomId, static (id, deliver) => new RoomOverlays(id, message => deliver(id, message)), deliver);

    public bool TryGet(RoomId roomId, [NotNullWhen(true)] out RoomOverlays? overlays) =>
        _rooms.TryGetValue(roomId, out overlays);

    /// <summary>The snapshot messages for a viewer of a room; not found for an unknown room.</summary>
    public Outcome<IReadOnlyList<OverlayMessage>> Snapshot(
        DateTimeOffset now, RoomId roomId, ViewerId viewerId, uint mediaOffset = 0)
    {
        if (!service.GetRoomShelves(roomId, now).TryGet(out var shelves, out var problem))
        {
            return problem;
        }

        // Read again behind the number; should the room be deleted in between, what it showed last is right enough.
        RoomShelves ReadAgain() => service.GetRoomShelves(roomId, now).TryGet(out var latest, out _) ? latest : shelves;
        return Outcome.Of(this[roomId].Snapshot(
            UnixMicros.Of(now), mediaTime(roomId, now), ReadAgain, viewerId, mediaOffset,
            shelves.CoHost is { } session ? tiles(roomId, session) : []));
    }

    /// <summary>Tells the viewers concerned about an event.</summary>
    public void Publish(CommerceEvent commerceEvent)
    {
        switch (commerceEvent)
        {
            case PurchasesAccepted purchases:
                foreach (var room in purchases.Rooms)
                {
                    this[room].PublishPurchases(
                        UnixMicros.Of(purchases.At), mediaTime(room, purchases.At), purchases.Purchases);
                }

                break;
            case ShelfChanged shelf:
                Publish(shelf.Rooms, shelf.At, ShelfBody.Change(shelf.Item, shelf.Version), shelf.Item.Key.MerchantId);
                break;
            case SpotlightChanged spotlight:
                Publish(
                    spotlight.Rooms, spotlight.At, new SpotlightBody(spotlight.MerchantId, spotlight.ItemId),
                    spotlight.MerchantId);
                break;
            case CoHostChanged { Session: var session } change when session.State == CoHostState.Active
                || change.Before == CoHostState.Active:
                foreach (var room in session.Rooms)
                {
                    PublishSession(room, session, change.At);
                }

                break;
            case LayoutChanged { Session: { State: CoHostState.Active } session } change:
                foreach (var room in session.Rooms)
                {
                    // Each room's feed counts its own time, and a change is named in that of the first.
                    var at = change.MediaTime is not { } time ? null
                        : room.RoomId == session.Rooms[0].RoomId ? time : sessionTime(room.RoomId, session, time);
                    var shownFrom = at ?? mediaTime(room.RoomId, change.At);
                    var arranged = tiles(room.RoomId, session);
                    this[room.RoomId].Layouts.Note(shownFrom ?? 0, session, arranged);
                    this[room.RoomId].Publish(UnixMicros.Of(change.At), shownFrom, new LayoutBody(session, arranged));
                }

                break;
            case CampaignEnded { View: var view } ended:
                Publish(view.Campaign.Rooms.Remove(ended.RoomId), ended.At, CampaignBody.Of(view), view.Campaign.Key.MerchantId);
                break;
            case ParticipationAccepted { Participation: { Key: { Kind: CampaignKind.Bargain } key } }:
                _bargains.Note(key);
                break;
            case RoomChanged { Room: { IsDeleted: true } room }:
                _rooms.TryRemove(room.Id, out _);
                break;
        }
    }

    /// <summary>
    /// Sends what is due: purchases that were held back to share a message. To be called at least every 100 ms after an event, until
    /// nothing is held back any more: then it returns false.
    /// </summary>
    public bool HandleTimeout(DateTimeOffset now)
    {
        var nowMicros = UnixMicros.Of(now);
        var holdsBack = false;
        foreach (var room in _rooms.Values)
        {
            if (room.NextTimeout <= nowMicros)
            {
                room.HandleTimeout(nowMicros);
            }

            holdsBack |= room.NextTimeout is not null;
        }

        return TellBargains(now) || holdsBack;
    }

    private bool TellBargains(DateTimeOffset now)
    {
        foreach (var key in _bargains.TakeDue(UnixMicros.Of(now)))
        {
            if (service.GetCampaign(key).TryGet(out var view, out _))
            {
                Publish(view.Campaign.Rooms, now, CampaignBody.Of(view), key.MerchantId);
            }
        }

        return _bargains.HasWaiting;
    }

    private void Publish<TBody>(IEnumerable<RoomId> rooms, DateTimeOffset at, TBody body, MerchantId merchantId)
        where TBody : IOverlayBody
    {
        foreach (var room in rooms)
        {
            this[room].Publish(UnixMicros.Of(at), mediaTime(room, at), body, merchantId);
        }
    }

    // A viewer of one room has not seen the other merchants' shelves yet; when it ends, cohost alone says that they go.
    private void PublishSession(CoHostRoom room, CoHostSession session, DateTimeOffset at)
    {
        var overlays = this[room.RoomId];
        var atMicros = UnixMicros.Of(at);
        var roomTime = mediaTime(room.RoomId, at);
        overlays.Publish(atMicros, roomTime, new CoHostBody(session));
        overlays.Layouts.Note(
            roomTime ?? 0, session.State == CoHostState.Active ? session : null,
            session.State == CoHostState.Active ? tiles(room.RoomId, session) : []);
        if (session.State != CoHostState.Active || !service.GetRoomShelves(room.RoomId).TryGet(out var shelves, out _))
        {
            return;
        }

        overlays.Publish(atMicros, roomTime, new LayoutBody(session, tiles(room.RoomId, session)));
        foreach (var other in shelves.Merchants.Where(other => other.Merchant.Id != room.MerchantId))
        {
            foreach (var body in RoomOverlays.Whole(other))
            {
                overlays.Publish(atMicros, roomTime, body, other.Merchant.Id);
            }

            overlays.Publish(
                atMicros, roomTime, new SpotlightBody(other.Merchant.Id, other.Spotlight?.Item.ItemId),
                other.Merchant.Id);
        }
    }
}
