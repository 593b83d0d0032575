using System.Collections.Immutable;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>Decides about co-host sessions: who may, which rooms are free, what a repeat is.</summary>
internal sealed class CoHostDesk(CommerceState state, CommerceOptions options, StatementDesk statements)
{
    // A room asked by more at once is being flooded; the answer to one invitation says nothing about the others.
    private const int MaxInvitationsPerRoom = 16;

    private Catalog Catalog => state.Catalog;

    public Outcome<Put<CoHostSession>> Create(
        DateTimeOffset now, CoHostId id, Actor by, CoHostRequest request, string? whyNoMix, Decision decision)
    {
        if (request.IdempotencyKey is { Length: 0 or > CoHostRequest.MaxIdempotencyKeyLength })
        {
            return Problem.Invalid(
                "Idempotency-Key", request.IdempotencyKey, $"1 to {CoHostRequest.MaxIdempotencyKeyLength} characters");
        }

        if (request.IdempotencyKey is { } key && Catalog.SessionByKey(CoHostSession.ScopedKey(by, key)) is { } earlier)
        {
            return earlier.RequestContent == request.Content
                ? new Put<CoHostSession>(Expire(now, earlier, decision), IsCreated: false)
                : Problem.Unprocessable("The key was used for another request.", "Idempotency-Key", key);
        }

        if (!FindRooms(by, request).TryGet(out var rooms, out var problem))
        {
            return problem;
        }

        foreach (var room in rooms)
        {
            if (CheckFree(room.RoomId, except: null) is { } busy)
            {
                return busy;
            }

            var open = Catalog.Invitations.Count(other => other.HasRoom(room.RoomId) && now < other.ExpiresAt);
            if (open >= MaxInvitationsPerRoom)
            {
                return Problem.Conflict(
                    $"Room '{room.RoomId}' has {MaxInvitationsPerRoom} open invitations, which is the limit.");
            }
        }

        var session = CoHostSession.Create(now, id, rooms, request, by, options.InviteTimeout);
        if (request.Layout is { } layout && !session.SetLayout(by, layout).TryGet(out _, out var layoutProblem))
        {
            return layoutProblem;
        }

        if (whyNoMix is not null)
        {
            return Problem.Unavailable(whyNoMix);
        }

        return new Put<CoHostSession>(Set(now, session, null, decision), IsCreated: true);
    }

    public Outcome<CoHostSession> Accept(DateTimeOffset now, CoHostId id, Actor by, string? whyNoMix, Decision decision) =>
        Step(now, id, decision, session =>
        {
            if (!session.Accept(now, by).TryGet(out var after, out var problem))
            {
                return problem;
            }

            if (session.State != CoHostState.Active && after.State == CoHostState.Active)
            {
                foreach (var room in session.Rooms)
                {
                    if (CheckFree(room.RoomId, session.Id) is { } busy)
                    {
                        return busy;
                    }
                }

                if (whyNoMix is not null)
                {
                    return Problem.Unavailable(whyNoMix);
                }
            }

            return after;
        });

    public Outcome<CoHostSession> Decline(DateTimeOffset now, CoHostId id, Actor by, Decision decision) =>
        Step(now, id, decision, session => session.Decline(now, by));

    public Outcome<CoHostSession> End(DateTimeOffset now, CoHostId id, Actor by, Decision decision) =>
        Step(now, id, decision, session => session.End(now, by));

    public Outcome<CoHostSession> SetLayout(
        DateTimeOffset now, CoHostId id, Actor by, CoHostLayout layout, long? mediaTime, Decision decision)
    {
        if (!Catalog.TryGetSession(id, out var session))
        {
            return Problem.NotFound("co-host session", id);
        }

        if (!Expire(now, session, decision).SetLayout(by, layout).TryGet(out var after, out var problem))
        {
            return problem;
        }

        if (ReferenceEquals(after, session))
        {
            return after;
        }

        after = Record(now, after, mediaTime, decision);
        decision.Announce(new LayoutChanged(now, after, mediaTime));
        return after;
    }

    /// <summary>Ends or withdraws everything that a room takes part in, because the room goes away.</summary>
    public void EndAllOf(DateTimeOffset now, RoomId roomId, Decision decision)
    {
        foreach (var session in Catalog.SessionsOf(roomId).Where(session => session.IsOpen).ToList())
        {
            Set(now, session.End(now, Actor.Platform).Value, session.State, decision);
        }
    }

    /// <summary>Expires what nobody answered in time.</summary>
    public void HandleTimeout(DateTimeOffset now, Decision decision)
    {
        foreach (var session in Catalog.Invitations.ToList())
        {
            Expire(now, session, decision);
        }
    }

    private Outcome<ImmutableArray<CoHostRoom>> FindRooms(Actor by, CoHostRequest request)
    {
        if (request.Rooms.Count is < CoHostSession.MinRooms or > CoHostSession.MaxRooms
            || request.Rooms.Distinct().Count() != request.Rooms.Count)
        {
            return Problem.Invalid(
                "rooms", string.Join(',', request.Rooms),
                $"{CoHostSession.MinRooms} to {CoHostSession.MaxRooms} different rooms");
        }

        var rooms = ImmutableArray.CreateBuilder<CoHostRoom>(request.Rooms.Count);
        foreach (var id in request.Rooms)
        {
            if (!Catalog.TryGetRoom(id, out var room))
            {
                return Problem.NotFound("room", id);
            }

            rooms.Add(new CoHostRoom(id, room.MerchantId));
        }

        if (by.Merchant is { } merchant)
        {
            if (!rooms.Any(room => room.MerchantId == merchant))
            {
                return Problem.Forbidden($"Merchant {merchant} owns none of the rooms.");
            }

            if (request.IsActiveAtOnce && rooms.Any(room => room.MerchantId != merchant))
            {
                return Problem.Forbidden("Only the platform can join other merchants' rooms without asking.");
            }
        }

        return rooms.MoveToImmutable();
    }

    private Problem? CheckFree(RoomId roomId, CoHostId? except) =>
        Catalog.ActiveSession(roomId) is { } active && active.Id != except
            ? Problem.Conflict($"Room '{roomId}' is in active co-host session '{active.Id}'.", "rooms", roomId.Value)
            : null;

    private Outcome<CoHostSession> Step(
        DateTimeOffset now, CoHostId id, Decision decision, Func<CoHostSession, Outcome<CoHostSession>> step)
    {
        if (!Catalog.TryGetSession(id, out var session))
        {
            return Problem.NotFound("co-host session", id);
        }

        session = Expire(now, session, decision);
        if (!step(session).TryGet(out var after, out var problem))
        {
            return problem;
        }

        return ReferenceEquals(after, session) ? after : Set(now, after, session.State, decision);
    }

    private CoHostSession Expire(DateTimeOffset now, CoHostSession session, Decision decision)
    {
        var after = session.HandleTimeout(now);
        return ReferenceEquals(after, session) ? after : Set(now, after, session.State, decision);
    }

    private CoHostSession Set(DateTimeOffset now, CoHostSession session, CoHostState? before, Decision decision)
    {
        session = Record(now, session, null, decision);
        if (before == CoHostState.Active && session.State != CoHostState.Active)
        {
            statements.Close(now, session, decision);
        }

        decision.Announce(new CoHostChanged(now, session, before));
        return session;
    }

    private static CoHostSession Record(DateTimeOffset now, CoHostSession session, long? mediaTime, Decision decision)
    {
        var after = session with { LastStep = CoHostStep.After(session.LastStep?.Hash, session, now, mediaTime) };
        decision.Record(new CoHostChange(after));
        return after;
    }
}
