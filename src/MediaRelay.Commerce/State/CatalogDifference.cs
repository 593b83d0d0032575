using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;

namespace MediaRelay.Commerce.State;

/// <summary>
/// What became durable without being announced: a store may lose its connection after a commit and before the answer.
/// Who follows the events (viewers, mixers) must not stay behind for that.
/// </summary>
internal static class CatalogDifference
{
    /// <summary>The events that lead from what was announced to what is there.</summary>
    public static IEnumerable<CommerceEvent> Between(DateTimeOffset now, Catalog before, Catalog after) =>
        [
            .. after.Rooms.SelectMany(room => OfRoom(now, room, before, after)),
            .. after.Merchants.SelectMany(merchant => OfShelf(now, merchant.Id, before, after)),
            .. after.Rooms.SelectMany(room => OfSpotlight(now, room.Id, before, after)),
            .. after.Sessions.SelectMany(session => OfSession(now, session.Id, before, after)),
        ];

    private static IEnumerable<CommerceEvent> OfRoom(DateTimeOffset now, Room room, Catalog before, Catalog after)
    {
        if (!before.TryGetAnyRoom(room.Id, out var known) || known != room)
        {
            yield return new RoomChanged(now, room);
        }

        var (ran, runs) = (before.RunningShow(room.Id), after.RunningShow(room.Id));
        if (ran is not null && ran.Id != runs?.Id)
        {
            yield return new ShowChanged(now, ran with { EndedAt = now });
        }

        if (runs is not null && ran?.Id != runs.Id)
        {
            yield return new ShowChanged(now, runs);
        }
    }

    private static IEnumerable<CommerceEvent> OfShelf(
        DateTimeOffset now, MerchantId merchant, Catalog before, Catalog after)
    {
        var (old, shelf) = (before.Shelf(merchant), after.Shelf(merchant));
        if (old.Version == shelf.Version)
        {
            yield break;
        }

        var rooms = after.RoomsShowing(merchant).ToArray();
        foreach (var key in old.Items.Concat(shelf.Items).Select(item => item.Key).Distinct())
        {
            if (after.TryGetItem(key, out var item) && (!before.TryGetItem(key, out var known) || known != item))
            {
                yield return new ShelfChanged(now, [.. rooms], item, item.Version);
            }
        }
    }

    private static IEnumerable<CommerceEvent> OfSpotlight(DateTimeOffset now, RoomId home, Catalog before, Catalog after)
    {
        var (old, spotlight) = (before.Spotlight(home), after.Spotlight(home));
        if (old != spotlight && (spotlight ?? old) is { Item.MerchantId: var merchant })
        {
            yield return new SpotlightChanged(now, [.. after.RoomsJoinedWith(home)], merchant, spotlight?.Item.ItemId);
        }
    }

    private static IEnumerable<CommerceEvent> OfSession(DateTimeOffset now, CoHostId id, Catalog before, Catalog after)
    {
        after.TryGetSession(id, out var session);
        before.TryGetSession(id, out var known);
        if (known?.State != session!.State)
        {
            yield return new CoHostChanged(now, session, known?.State);
        }
        else if (known.Layout.Name != session.Layout.Name || !known.Layout.Tiles.SequenceEqual(session.Layout.Tiles))
        {
            yield return new LayoutChanged(now, session, null);
        }
    }
}
