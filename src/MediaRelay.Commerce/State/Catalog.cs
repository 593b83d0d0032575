using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.State;

/// <summary>
/// Merchants, rooms, shelves, spotlights and co-host sessions as a sequence of changes left them. What it holds is
/// immutable, so results can be handed out. Not thread-safe.
/// </summary>
internal sealed class Catalog
{
    private readonly Dictionary<MerchantId, Merchant> _merchants = [];
    private readonly Dictionary<RoomId, Room> _rooms = [];
    private readonly Dictionary<MerchantId, List<RoomId>> _roomsByMerchant = [];
    private readonly Dictionary<RoomId, Show> _shows = [];
    private readonly Dictionary<MerchantId, Shelf> _shelves = [];
    private readonly Dictionary<ItemKey, ShelfItem> _items = [];
    private readonly Dictionary<RoomId, Spotlight> _spotlights = [];
    private readonly Dictionary<CoHostId, CoHostSession> _sessions = [];
    private readonly Dictionary<RoomId, List<CoHostId>> _sessionsByRoom = [];
    private readonly Dictionary<string, CoHostId> _sessionsByKey = [];
    private readonly Dictionary<RoomId, CoHostId> _activeByRoom = [];

    // In the order in which they became active; a room is in one active session at a time, so they do not overlap.
    private readonly Dictionary<RoomId, List<CoHostId>> _activationsByRoom = [];
    private readonly HashSet<CoHostId> _invitations = [];

    private readonly Dictionary<RoomId, long> _likes = [];

    public int RoomCount { get; private set; }

    public CampaignBook Campaigns { get; } = new();

    public IEnumerable<Merchant> Merchants => _merchants.Values;

    public IEnumerable<Room> Rooms => _rooms.Values;

    public IEnumerable<CoHostSession> Sessions => _sessions.Values;

    /// <summary>Sessions that wait for an answer.</summary>
    public IEnumerable<CoHostSession> Invitations => _invitations.Select(id => _sessions[id]);

    public void Apply(CommerceChange change)
    {
        switch (change)
        {
            case MerchantChange { Merchant: var merchant }:
                _merchants[merchant.Id] = merchant;
                break;
            case RoomChange { Room: var room }:
                Set(room);
                break;
            case ShowChange { Show: var show }:
                _shows[show.RoomId] = show;
                break;
            case ShelfItemChange { Item: var item }:
                _items[item.Key] = item;
                _shelves[item.Key.MerchantId] = Shelf(item.Key.MerchantId).With(item);
                break;
            case SpotlightChange { Spotlight: { } spotlight }:
                _spotlights[spotlight.RoomId] = spotlight;
                break;
            case SpotlightChange { RoomId: var roomId }:
                _spotlights.Remove(roomId);
                break;
            case CoHostChange { Session: var session }:
                Set(session);
                break;
            case CampaignChange { Campaign: var campaign, Outcome: var outcome }:
                Campaigns.Set(campaign);
                if (outcome is not null)
                {
                    Campaigns.Set(campaign.Key, outcome);
                }

                break;
            case CampaignForgottenChange { Key: var key }:
                Campaigns.Forget(key);
                break;
            case ParticipationChange { Participation: var participation }:
                Campaigns.Add(participation);
                break;
            case LikesChange likes:
                _likes[likes.RoomId] = likes.Likes;
                break;
        }
    }

    public bool TryGetMerchant(MerchantId id, [NotNullWhen(true)] out Merchant? merchant) =>
        _merchants.TryGetValue(id, out merchant);

    /// <summary>A room, deleted or not.</summary>
    public bool TryGetAnyRoom(RoomId id, [NotNullWhen(true)] out Room? room) => _rooms.TryGetValue(id, out room);

    public bool TryGetRoom(RoomId id, [NotNullWhen(true)] out Room? room) =>
        _rooms.TryGetValue(id, out room) && !room.IsDeleted;

    /// <summary>The likes of a room as they were last kept.</summary>
    public long Likes(RoomId id) => _likes.GetValueOrDefault(id);

    /// <summary>The room's running show.</summary>
    public Show? RunningShow(RoomId id) => _shows.TryGetValue(id, out var show) && show.EndedAt is null ? show : null;

    public Shelf Shelf(MerchantId id) => _shelves.TryGetValue(id, out var shelf) ? shelf : Shelves.Shelf.Empty(id);

    /// <summary>An item that stands or once stood on its owner's shelf.</summary>
    public bool TryGetItem(ItemKey key, [NotNullWhen(true)] out ShelfItem? item) => _items.TryGetValue(key, out item);

    public Spotlight? Spotlight(RoomId id) => _spotlights.GetValueOrDefault(id);

    public bool TryGetSession(CoHostId id, [NotNullWhen(true)] out CoHostSession? session) =>
        _sessions.TryGetValue(id, out session);

    public CoHostSession? SessionByKey(string scopedKey) =>
        _sessionsByKey.TryGetValue(scopedKey, out var id) ? _sessions[id] : null;

    public CoHostSession? ActiveSession(RoomId id) =>
        _activeByRoom.TryGetValue(id, out var session) ? _sessions[session] : null;

    /// <summary>The session that joined a room at a time.</summary>
    public CoHostSession? SessionAt(RoomId id, DateTimeOffset time)
    {
        var ids = _activationsByRoom.GetValueOrDefault(id, []);
        for (var i = ids.Count - 1; i >= 0; i--)
        {
            var session = _sessions[ids[i]];
            if (session.ActiveAt <= time)
            {
                return session.WasActiveAt(time) ? session : null;
            }
        }

        return null;
    }

    /// <summary>A room's sessions of all states.</summary>
    public IEnumerable<CoHostSession> SessionsOf(RoomId id) =>
        _sessionsByRoom.TryGetValue(id, out var ids) ? ids.Select(session => _sessions[session]) : [];

    /// <summary>The rooms whose viewers see what is published in a room: itself, or all of its session.</summary>
    public IEnumerable<RoomId> RoomsJoinedWith(RoomId id) =>
        ActiveSession(id) is { } session ? session.Rooms.Select(room => room.RoomId) : [id];

    /// <summary>The rooms whose viewers see a merchant's shelf: its own and those joined with them.</summary>
    public IEnumerable<RoomId> RoomsShowing(MerchantId id) =>
        _roomsByMerchant.TryGetValue(id, out var rooms)
            ? rooms.Where(room => !_rooms[room].IsDeleted).SelectMany(RoomsJoinedWith).Distinct()
            : [];

    /// <summary>
    /// The room at which a merchant's spotlight is kept, as seen from a room: the room itself, or the merchant's rooms
    /// in its session. Empty when the room does not show the merchant.
    /// </summary>
    public IEnumerable<RoomId> SpotlightHomes(Room room, MerchantId merchant) =>
        ActiveSession(room.Id) is { } session
            ? session.Rooms.Where(candidate => candidate.MerchantId == merchant).Select(candidate => candidate.RoomId)
            : room.MerchantId == merchant ? [room.Id] : [];

    /// <summary>Whether a room's viewers see a merchant's things now: it is the room's own or takes part in its session.</summary>
    public bool IsShowing(Room room, MerchantId merchant) => SpotlightHomes(room, merchant).Any();

    /// <summary>
    /// The campaigns that are not over in a room, the newest first. A partner's go with its shelf when the session ends, and come back with
    /// the next one.
    /// </summary>
    public IEnumerable<Campaign> CampaignsIn(Room room, DateTimeOffset now) =>
        Campaigns.LiveIn(room.Id, now).Where(campaign => IsShowing(room, campaign.Key.MerchantId));

    public RoomShelves ShelvesIn(Room room)
    {
        var session = ActiveSession(room.Id);
        var merchants = new List<MerchantShelf> { MerchantShelf(room.MerchantId, room.Id) };
        foreach (var other in session?.Rooms ?? [])
        {
            if (merchants.TrueForAll(seen => seen.Merchant.Id != other.MerchantId))
            {
                merchants.Add(MerchantShelf(other.MerchantId, other.RoomId));
            }
        }

        return new RoomShelves(room.Id, merchants, session);
    }

    public RoomView View(Room room) =>
        new(room, _merchants[room.MerchantId].Name, RunningShow(room.Id), ActiveSession(room.Id));

    private MerchantShelf MerchantShelf(MerchantId id, RoomId home) => new(_merchants[id], Shelf(id), Spotlight(home));

    private void Set(Room room)
    {
        if (_rooms.TryGetValue(room.Id, out var before))
        {
            RoomCount -= before.IsDeleted ? 0 : 1;
        }
        else
        {
            if (!_roomsByMerchant.TryGetValue(room.MerchantId, out var rooms))
            {
                _roomsByMerchant[room.MerchantId] = rooms = [];
            }

            rooms.Add(room.Id);
        }

        RoomCount += room.IsDeleted ? 0 : 1;
        _rooms[room.Id] = room;
    }

    private void Set(CoHostSession session)
    {
        var before = _sessions.GetValueOrDefault(session.Id);
        _sessions[session.Id] = session;
        foreach (var room in session.Rooms)
        {
            if (before is null)
            {
                Add(_sessionsByRoom, room.RoomId, session.Id);
            }

            if (session.ActiveAt is not null && before?.ActiveAt is null)
            {
                Add(_activationsByRoom, room.RoomId, session.Id);
            }

            if (session.State == CoHostState.Active)
            {
                _activeByRoom[room.RoomId] = session.Id;
            }
            else if (before?.State == CoHostState.Active)
            {
                _activeByRoom.Remove(room.RoomId);
            }
        }

        if (session.IdempotencyKey is { } key)
        {
            _sessionsByKey[key] = session.Id;
        }

        if (session.State == CoHostState.Invited)
        {
            _invitations.Add(session.Id);
        }
        else
        {
            _invitations.Remove(session.Id);
        }
    }

    private static void Add(Dictionary<RoomId, List<CoHostId>> index, RoomId room, CoHostId session)
    {
        if (!index.TryGetValue(room, out var sessions))
        {
            index[room] = sessions = [];
        }

        sessions.Add(session);
    }
}
