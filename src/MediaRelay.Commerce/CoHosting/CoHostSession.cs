using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>
/// Two to four rooms joined for a time. Immutable; each step returns the session after it, the session itself when the
/// step was taken before (so retries are harmless), or the problem. No step reads a clock.
/// </summary>
public sealed record CoHostSession(
    CoHostId Id,
    ImmutableArray<CoHostRoom> Rooms,
    CoHostLayout Layout,
    CoHostState State,
    MerchantId? InvitedBy,
    ImmutableArray<CoHostConsent> Consents,
    DateTimeOffset InvitedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ActiveAt,
    DateTimeOffset? EndedAt,
    string? IdempotencyKey,
    string? RequestContent)
{
    public const int MinRooms = 2;
    public const int MaxRooms = 4;

    /// <summary>Where its timeline stands; null for sessions from before timelines were kept.</summary>
    public CoHostStep? LastStep { get; init; }

    /// <summary>Still invited or active: the states that a session can leave.</summary>
    public bool IsOpen => State is CoHostState.Invited or CoHostState.Active;

    /// <summary>A new session: active when every merchant's consent is there, else invited.</summary>
    public static CoHostSession Create(
        DateTimeOffset now, CoHostId id, ImmutableArray<CoHostRoom> rooms, CoHostRequest request, Actor by,
        TimeSpan inviteTimeout)
    {
        var session = new CoHostSession(
            id, rooms, request.Layout ?? CoHostLayout.Auto, CoHostState.Invited, by.Merchant, [], now,
            now + inviteTimeout, null, null,
            request.IdempotencyKey is null ? null : ScopedKey(by, request.IdempotencyKey),
            request.IdempotencyKey is null ? null : request.Content);
        if (by.IsPlatform && !request.IsActiveAtOnce)
        {
            return session;
        }

        return session.WithConsent(now, by);
    }

    /// <summary>Keys of different callers never meet.</summary>
    public static string ScopedKey(Actor by, string key) =>
        by.Merchant is { } merchant ? $"m/{merchant}/{key}" : $"p/{key}";

    public bool HasRoom(RoomId room) => Rooms.Any(candidate => candidate.RoomId == room);

    public bool HasMerchant(MerchantId merchant) => Rooms.Any(candidate => candidate.MerchantId == merchant);

    /// <summary>True at an instant between the beginning of the mix and its end.</summary>
    public bool WasActiveAt(DateTimeOffset time) => ActiveAt <= time && (EndedAt is null || time < EndedAt);

    public Outcome<CoHostSession> Accept(DateTimeOffset now, Actor by)
    {
        if (CheckParty(by) is { } problem)
        {
            return problem;
        }

        return State switch
        {
            CoHostState.Active => this,
            CoHostState.Invited when now < ExpiresAt => WithConsent(now, by),
            CoHostState.Invited => Problem.Conflict($"The invitation expired at {ExpiresAt:O}."),
            _ => Over(),
        };
    }

    public Outcome<CoHostSession> Decline(DateTimeOffset now, Actor by)
    {
        if (CheckParty(by) is { } problem)
        {
            return problem;
        }

        return State switch
        {
            CoHostState.Declined => this,
            CoHostState.Invited => this with { State = CoHostState.Declined, EndedAt = now },
            CoHostState.Active => Problem.Conflict("The session is active; end it instead."),
            _ => Over(),
        };
    }

    /// <summary>
    /// Ends an active session; withdraws an invitation when the inviter or the platform asks and declines it when an
    /// invited merchant does. What is over stays as it is.
    /// </summary>
    public Outcome<CoHostSession> End(DateTimeOffset now, Actor by)
    {
        if (CheckParty(by) is { } problem)
        {
            return problem;
        }

        return State switch
        {
            CoHostState.Active => this with { State = CoHostState.Ended, EndedAt = now },
            CoHostState.Invited when by.IsPlatform || by.Merchant == InvitedBy =>
                this with { State = CoHostState.Cancelled, EndedAt = now },
            CoHostState.Invited => this with { State = CoHostState.Declined, EndedAt = now },
            _ => this,
        };
    }

    public Outcome<CoHostSession> SetLayout(Actor by, CoHostLayout layout)
    {
        if (CheckParty(by) is { } problem)
        {
            return problem;
        }

        if (!IsOpen)
        {
            return Over();
        }

        foreach (var tile in layout.Tiles)
        {
            if (!HasRoom(tile.RoomId))
            {
                return Problem.Invalid(
                    "layout.tiles.roomId", tile.RoomId, "a room of the session", ProblemKind.Unprocessable);
            }
        }

        return Layout.Equals(layout) ? this : this with { Layout = layout };
    }

    /// <summary>Expired once the invitation's time is over; else unchanged.</summary>
    public CoHostSession HandleTimeout(DateTimeOffset now) =>
        State == CoHostState.Invited && now >= ExpiresAt
            ? this with { State = CoHostState.Expired, EndedAt = ExpiresAt }
            : this;

    private CoHostSession WithConsent(DateTimeOffset now, Actor by)
    {
        var consents = Consents;
        foreach (var merchant in Rooms.Select(room => room.MerchantId).Distinct())
        {
            var speaksFor = by.IsPlatform || by.Merchant == merchant;
            if (speaksFor && !consents.Any(consent => consent.MerchantId == merchant))
            {
                consents = consents.Add(new CoHostConsent(merchant, now, by.IsPlatform));
            }
        }

        if (consents.Length == Consents.Length)
        {
            return this;
        }

        var isComplete = Rooms.All(room => consents.Any(consent => consent.MerchantId == room.MerchantId));
        return isComplete
            ? this with { Consents = consents, State = CoHostState.Active, ActiveAt = now }
            : this with { Consents = consents };
    }

    private Problem? CheckParty(Actor by) =>
        by.Merchant is { } merchant && !HasMerchant(merchant)
            ? Problem.Forbidden($"Merchant {merchant} takes no part in co-host session {Id}.")
            : null;

    private Problem Over() =>
        Problem.Conflict($"The co-host session is {State.ToString().ToLowerInvariant()}.", "state", State.ToString());
}
