using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Shelves;

/// <summary>Decides about shelves and spotlights.</summary>
internal sealed class ShelfDesk(CommerceState state)
{
    // Items leave a shelf and stay known, since orders for them may come later; this bounds what one merchant can pile
    // up.
    private const long MaxVersions = 10_000_000;

    private Catalog Catalog => state.Catalog;

    /// <param name="ifMatch">
    /// The version that the caller knows, of the item or of the shelf; null = whatever stands. It holds when the item
    /// has not changed since.
    /// </param>
    public Outcome<ShelfChange> PutItem(
        DateTimeOffset now, ItemKey key, ShelfItemDraft draft, long? ifMatch, Decision decision)
    {
        if (!Catalog.TryGetMerchant(key.MerchantId, out _))
        {
            return Problem.NotFound("merchant", key.MerchantId);
        }

        if (draft.Check() is { } problem)
        {
            return problem;
        }

        var shelf = Catalog.Shelf(key.MerchantId);
        var before = shelf.Find(key.ItemId);
        if (CheckMatch(ifMatch, shelf, before) is { } stale)
        {
            return stale;
        }

        if (before is null && shelf.Items.Length >= Shelf.MaxItems)
        {
            return Problem.Conflict($"The shelf holds {Shelf.MaxItems} items, which is the limit.");
        }

        if (shelf.Version >= MaxVersions)
        {
            return Problem.Conflict($"The shelf was changed {MaxVersions} times, which is the limit.");
        }

        var version = shelf.Version + 1;
        var lastPosition = shelf.Items.IsEmpty ? -1 : shelf.Items[^1].Position;
        var position = draft.Position ?? before?.Position ?? Math.Min(lastPosition + 1, ShelfItem.MaxPosition);
        var item = new ShelfItem(
            key, draft.Title!, new Money(draft.PriceMinor!.Value, draft.Currency!), draft.Stock!.Value, draft.ImageUrl,
            draft.Url,
            position, before?.Arrival ?? version, version, IsRemoved: false);
        if (before is not null && item with { Version = before.Version } == before)
        {
            return new ShelfChange(before, shelf, IsCreated: false);
        }

        Set(now, item, decision);
        return new ShelfChange(item, Catalog.Shelf(key.MerchantId), before is null);
    }

    public Outcome<ShelfChange> RemoveItem(DateTimeOffset now, ItemKey key, long? ifMatch, Decision decision)
    {
        if (!Catalog.TryGetMerchant(key.MerchantId, out _))
        {
            return Problem.NotFound("merchant", key.MerchantId);
        }

        var shelf = Catalog.Shelf(key.MerchantId);
        if (shelf.Find(key.ItemId) is not { } before)
        {
            return Problem.NotFound("item", key);
        }

        if (CheckMatch(ifMatch, shelf, before) is { } stale)
        {
            return stale;
        }

        // What is not on the shelf cannot be shown either.
        foreach (var roomId in Catalog.RoomsShowing(key.MerchantId).ToList())
        {
            if (Catalog.Spotlight(roomId)?.Item == key)
            {
                Set(now, roomId, key.MerchantId, null, decision);
            }
        }

        var removed = before with { Version = shelf.Version + 1, IsRemoved = true };
        Set(now, removed, decision);
        return new ShelfChange(removed, Catalog.Shelf(key.MerchantId), IsCreated: false);
    }

    public Outcome<Spotlight> SetSpotlight(DateTimeOffset now, RoomId roomId, ItemKey key, Decision decision)
    {
        if (!FindHomes(roomId, key.MerchantId).TryGet(out var homes, out var problem))
        {
            return problem;
        }

        if (Catalog.Shelf(key.MerchantId).Find(key.ItemId) is null)
        {
            return Problem.Invalid(
                "itemId", key.ItemId, $"an item on the shelf of merchant '{key.MerchantId}'",
                ProblemKind.Unprocessable);
        }

        foreach (var home in homes)
        {
            if (Catalog.Spotlight(home)?.Item != key)
            {
                Set(now, home, key.MerchantId, new Spotlight(home, key, now), decision);
            }
        }

        return Catalog.Spotlight(homes[0])!;
    }

    /// <summary>True when there was one.</summary>
    public Outcome<bool> ClearSpotlight(DateTimeOffset now, RoomId roomId, MerchantId merchantId, Decision decision)
    {
        if (!FindHomes(roomId, merchantId).TryGet(out var homes, out var problem))
        {
            return problem;
        }

        var lit = homes.Where(home => Catalog.Spotlight(home) is not null).ToList();
        foreach (var home in lit)
        {
            Set(now, home, merchantId, null, decision);
        }

        return lit.Count > 0;
    }

    private Outcome<List<RoomId>> FindHomes(RoomId roomId, MerchantId merchantId)
    {
        if (!Catalog.TryGetRoom(roomId, out var room))
        {
            return Problem.NotFound("room", roomId);
        }

        if (!Catalog.TryGetMerchant(merchantId, out _))
        {
            return Problem.NotFound("merchant", merchantId);
        }

        var homes = Catalog.SpotlightHomes(room, merchantId).ToList();
        return homes.Count > 0
            ? homes
            : Problem.Conflict(
                $"Room '{roomId}' does not show merchant '{merchantId}' now.", "merchantId", merchantId.Value);
    }

    private void Set(DateTimeOffset now, ShelfItem item, Decision decision)
    {
        decision.Record(new ShelfItemChange(item));
        decision.Announce(new ShelfChanged(now, [.. Catalog.RoomsShowing(item.Key.MerchantId)], item, item.Version));
    }

    private void Set(DateTimeOffset now, RoomId home, MerchantId merchantId, Spotlight? spotlight, Decision decision)
    {
        decision.Record(new SpotlightChange(home, spotlight));
        decision.Announce(
            new SpotlightChanged(now, [.. Catalog.RoomsJoinedWith(home)], merchantId, spotlight?.Item.ItemId));
    }

    private static Problem? CheckMatch(long? ifMatch, Shelf shelf, ShelfItem? item)
    {
        if (ifMatch is not { } version || version == shelf.Version
            || (item is not null && version >= item.Version && version < shelf.Version))
        {
            return null;
        }

        return new Problem(
            ProblemKind.PreconditionFailed,
            $"The item is not as it was at version {version}; the shelf is at {shelf.Version}.", "If-Match",
            $"{version}");
    }
}
