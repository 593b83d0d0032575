using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Rooms;

/// <summary>Decides about merchants, rooms and shows.</summary>
internal sealed class RoomDesk(
    CommerceState state, CommerceOptions options, CoHostDesk coHosts, StatementDesk statements)
{
    private Catalog Catalog => state.Catalog;

    public Outcome<Put<Merchant>> PutMerchant(MerchantId id, string? name, Decision decision)
    {
        if (name is not { Length: > 0 and <= Merchant.MaxNameLength })
        {
            return Problem.Invalid("name", name, $"1 to {Merchant.MaxNameLength} characters");
        }

        var merchant = new Merchant(id, name);
        var exists = Catalog.TryGetMerchant(id, out var before);
        if (before != merchant)
        {
            decision.Record(new MerchantChange(merchant));
        }

        return new Put<Merchant>(merchant, !exists);
    }

    public Outcome<Put<RoomView>> PutRoom(DateTimeOffset now, RoomId id, RoomDraft draft, Decision decision)
    {
        if (draft.Title is not { Length: > 0 and <= Room.MaxTitleLength } title)
        {
            return Problem.Invalid("title", draft.Title, $"1 to {Room.MaxTitleLength} characters");
        }

        // Also when deleted: statements and orders of the past name the room, and its owner must not change under them.
        var exists = Catalog.TryGetAnyRoom(id, out var before);
        if (exists && before!.MerchantId != draft.MerchantId)
        {
            return Problem.Conflict(
                $"Room '{id}' belongs to another merchant for life.", "merchantId", draft.MerchantId.Value);
        }

        if (!Catalog.TryGetMerchant(draft.MerchantId, out _))
        {
            return Problem.Invalid("merchantId", draft.MerchantId, "a merchant that exists", ProblemKind.Unprocessable);
        }

        var isCreated = before is null or { IsDeleted: true };
        if (isCreated && options.MaxRooms > 0 && Catalog.RoomCount >= options.MaxRooms)
        {
            return Problem.Unavailable($"There are {options.MaxRooms} rooms, which is the limit.");
        }

        var room = new Room(
            id, draft.MerchantId, title, draft.Orientation, draft.IsPublic, draft.VideoCodec,
            isCreated ? now : before!.CreatedAt, IsDeleted: false);
        if (room != before)
        {
            decision.Record(new RoomChange(room));
            decision.Announce(new RoomChanged(now, room));
        }

        return new Put<RoomView>(Catalog.View(room), isCreated);
    }

    /// <summary>Ends what runs in the room and takes it off the lists; what it sold stays.</summary>
    public Outcome<Room> DeleteRoom(DateTimeOffset now, RoomId id, Decision decision)
    {
        if (!Catalog.TryGetRoom(id, out var room))
        {
            return Problem.NotFound("room", id);
        }

        CloseShow(now, id, decision);
        if (Catalog.Spotlight(id) is not null)
        {
            decision.Record(new SpotlightChange(id, null));
        }

        var deleted = room with { IsDeleted = true };
        decision.Record(new RoomChange(deleted));
        decision.Announce(new RoomChanged(now, deleted));
        return deleted;
    }

    /// <summary>Ends the room's show and its co-host session; closing a closed room changes nothing.</summary>
    public Outcome<RoomView> CloseRoom(DateTimeOffset now, RoomId id, Decision decision)
    {
        if (!Catalog.TryGetRoom(id, out var room))
        {
            return Problem.NotFound("room", id);
        }

        CloseShow(now, id, decision);
        return Catalog.View(room);
    }

    /// <summary>The show that runs, or a new one: a host that leaves and returns stays within its show.</summary>
    public Outcome<Show> StartShow(DateTimeOffset now, RoomId id, ShowId showId, Decision decision)
    {
        if (!Catalog.TryGetRoom(id, out _))
        {
            return Problem.NotFound("room", id);
        }

        if (Catalog.RunningShow(id) is { } running)
        {
            return running;
        }

        var show = new Show(showId, id, now, null);
        decision.Record(new ShowChange(show));
        decision.Announce(new ShowChanged(now, show));
        return show;
    }

    private void CloseShow(DateTimeOffset now, RoomId id, Decision decision)
    {
        coHosts.EndAllOf(now, id, decision);
        if (Catalog.RunningShow(id) is { } running)
        {
            var ended = running with { EndedAt = now };
            decision.Record(new ShowChange(ended));
            statements.Close(now, ended, decision);
            decision.Announce(new ShowChanged(now, ended));
        }
    }
}
