using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce;

/// <summary>
/// The commerce part as the outside calls it. Thread-safe. A call that changes something returns when the change is
/// durable, and what the Get methods show is durable. Whether the caller may do it (its token) is decided before,
/// except where an <see cref="Actor"/> is asked for. Wall time is an argument: <c>now</c> is when the request arrived.
/// </summary>
public sealed class CommerceService : IAsyncDisposable
{
    // Of one room's snapshot; the page shows three.
    private const int MaxShownCampaigns = 16;

    // What a crash left unsigned is late from then on.
    private readonly DateTimeOffset _openedAt;
    private readonly CommercePipeline _pipeline;
    private readonly LeaderboardReading _leaderboards;
    private readonly LedgerReading _ledgers;
    private readonly AttributionReading _attribution;

    private CommerceService(DateTimeOffset now, CommercePipeline pipeline)
    {
        _openedAt = now;
        _pipeline = pipeline;
        Statements = new StatementReading(pipeline);
        _leaderboards = new LeaderboardReading(pipeline);
        _ledgers = new LedgerReading(pipeline);
        _attribution = new AttributionReading(pipeline);
        Webhooks = new WebhookService(pipeline);
        Reports = new ReportService(pipeline);
    }

    /// <summary>Receivers outside, and what waits for them.</summary>
    public WebhookService Webhooks { get; }

    /// <summary>What happened in shows, and each merchant's part of it.</summary>
    public ReportService Reports { get; }

    /// <summary>
    /// Durable events in commit order. Somebody must read them: when <see cref="CommerceOptions.MaxUnreadEvents"/>
    /// wait, changes are refused.
    /// </summary>
    public System.Threading.Channels.ChannelReader<CommerceEvent> Events => _pipeline.Events;

    /// <summary>Transactions that wait for the store; <see cref="CommerceOptions.MaxQueuedTransactions"/> is their limit.</summary>
    public int QueuedTransactions => _pipeline.Store.QueuedTransactions;

    /// <summary>False while the store cannot write; each later change tries again.</summary>
    public bool IsHealthy => _pipeline.IsHealthy;

    /// <summary>Rooms that are not deleted.</summary>
    public int RoomCount => _pipeline.View(catalog => catalog.RoomCount);

    /// <summary>Reads what the store holds. The service owns the store from then on.</summary>
    /// <param name="mediaTime">
    /// Tells media time for attribution; without it, records have only what click tokens say.
    /// </param>
    /// <param name="speaker">Tells who was speaking; without it, records have only what click tokens say.</param>
    /// <param name="signer">Signs the ledgers' heads; without it nothing is signed. Stays the caller's.</param>
    /// <exception cref="CommerceStoreException">The store cannot be read, or not written for the signer's key.</exception>
    public static async Task<CommerceService> OpenAsync(
        DateTimeOffset now, CommerceStore store, CommerceOptions? options = null, MediaTimeSource? mediaTime = null,
        SpeakerSource? speaker = null, LedgerSigner? signer = null, CancellationToken cancellationToken = default)
    {
        LiveMoment See(RoomId roomId, DateTimeOffset at) => new(mediaTime?.Invoke(roomId, at), speaker?.Invoke(roomId, at));
        var pipeline = new CommercePipeline(store, options ?? new CommerceOptions(), See, signer);
        await pipeline.LoadAsync(now, cancellationToken);

        // Before the first checkpoint: what is signed with a key that nobody can look up proves nothing.
        var published = await pipeline.ChangeAsync<bool>(now, (core, at, decision) =>
        {
            core.Ledgers.Publish(at, decision);
            return true;
        });
        return published.Problem is { } problem ? throw new CommerceStoreException(problem.Detail) : new CommerceService(now, pipeline);
    }

    public async ValueTask DisposeAsync() => await _pipeline.DisposeAsync();

    // Merchants and rooms

    public Task<Outcome<Put<Merchant>>> PutMerchantAsync(DateTimeOffset now, MerchantId id, string? name) =>
        _pipeline.ChangeAsync(now, (core, _, decision) => core.Rooms.PutMerchant(id, name, decision));

    public Outcome<Merchant> GetMerchant(MerchantId id) =>
        _pipeline.View<Outcome<Merchant>>(
            catalog => catalog.TryGetMerchant(id, out var merchant) ? merchant : Problem.NotFound("merchant", id));

    public ImmutableArray<Merchant> ListMerchants() =>
        _pipeline.View(catalog => catalog.Merchants.OrderBy(merchant => merchant.Id).ToImmutableArray());

    public Task<Outcome<Put<RoomView>>> PutRoomAsync(DateTimeOffset now, RoomId id, RoomDraft draft) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Rooms.PutRoom(at, id, draft, decision));

    public Outcome<RoomView> GetRoom(RoomId id) =>
        _pipeline.View<Outcome<RoomView>>(
            catalog => catalog.TryGetRoom(id, out var room) ? catalog.View(room) : Problem.NotFound("room", id));

    /// <summary>Quicker than <see cref="GetRoom"/>: the room alone. False for an unknown or deleted room.</summary>
    public bool TryGetRoom(RoomId id, [NotNullWhen(true)] out Room? room)
    {
        room = _pipeline.View(catalog => catalog.TryGetRoom(id, out var found) ? found : null);
        return room is not null;
    }

    /// <summary>All rooms that are not deleted, in order of id.</summary>
    public ImmutableArray<RoomView> ListRooms() => _pipeline.View(catalog =>
        catalog.Rooms.Where(room => !room.IsDeleted).OrderBy(room => room.Id).Select(catalog.View).ToImmutableArray());

    public Task<Outcome<Room>> DeleteRoomAsync(DateTimeOffset now, RoomId id) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Rooms.DeleteRoom(at, id, decision));

    /// <summary>Ends the room's show and the co-host sessions and invitations that it is part of.</summary>
    public Task<Outcome<RoomView>> CloseRoomAsync(DateTimeOffset now, RoomId id) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Rooms.CloseRoom(at, id, decision));

    /// <summary>Called when a room goes live; the running show if there is one.</summary>
    public Task<Outcome<Show>> StartShowAsync(DateTimeOffset now, RoomId id) =>
        _pipeline.ChangeAsync(
            now, (core, at, decision) => core.Rooms.StartShow(at, id, ShowId.Parse(NewId("show")), decision));

    // Shelves and spotlights

    /// <param name="ifMatch">
    /// The version (of the item or of the shelf) that the caller knows: the item must not have changed since. Null = no
    /// condition.
    /// </param>
    public Task<Outcome<ShelfChange>> PutItemAsync(
        DateTimeOffset now, ItemKey key, ShelfItemDraft draft, long? ifMatch = null) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Shelves.PutItem(at, key, draft, ifMatch, decision));

    public Task<Outcome<ShelfChange>> DeleteItemAsync(DateTimeOffset now, ItemKey key, long? ifMatch = null) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Shelves.RemoveItem(at, key, ifMatch, decision));

    public Outcome<Shelf> GetShelf(MerchantId id) => _pipeline.View<Outcome<Shelf>>(catalog =>
        catalog.TryGetMerchant(id, out _) ? catalog.Shelf(id) : Problem.NotFound("merchant", id));

    /// <summary>The merchant must be shown in the room: its own, or in a session with one of the merchant's.</summary>
    public Task<Outcome<Spotlight>> SetSpotlightAsync(DateTimeOffset now, RoomId roomId, ItemKey item) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Shelves.SetSpotlight(at, roomId, item, decision));

    /// <summary>True when there was a spotlight.</summary>
    public Task<Outcome<bool>> ClearSpotlightAsync(DateTimeOffset now, RoomId roomId, MerchantId merchantId) =>
        _pipeline.ChangeAsync(
            now, (core, at, decision) => core.Shelves.ClearSpotlight(at, roomId, merchantId, decision));

    /// <summary>What the room's viewers see now.</summary>
    public Outcome<RoomShelves> GetRoomShelves(RoomId id) => _pipeline.View<Outcome<RoomShelves>>(catalog =>
        catalog.TryGetRoom(id, out var room) ? catalog.ShelvesIn(room) : Problem.NotFound("room", id));

    /// <summary>The same with the campaigns that are not over.</summary>
    public Outcome<RoomShelves> GetRoomShelves(RoomId id, DateTimeOffset now) => _pipeline.View<Outcome<RoomShelves>>(catalog =>
        catalog.TryGetRoom(id, out var room)
            ? catalog.ShelvesIn(room) with { Campaigns = [.. catalog.CampaignsIn(room, now).Take(MaxShownCampaigns).Select(catalog.Campaigns.View)] }
            : Problem.NotFound("room", id));

    /// <summary>An item that is on its owner's shelf now.</summary>
    public bool TryGetItem(ItemKey key, [NotNullWhen(true)] out ShelfItem? item)
    {
        item = _pipeline.View(catalog => catalog.TryGetItem(key, out var found) && !found.IsRemoved ? found : null);
        return item is not null;
    }

    // Co-hosting

    /// <param name="whyNoMix">
    /// Why no further session can be mixed, if none can: a new one is refused with it, when nothing else speaks against it.
    /// </param>
    public Task<Outcome<Put<CoHostSession>>> CreateCoHostAsync(
        DateTimeOffset now, Actor by, CoHostRequest request, string? whyNoMix = null) =>
        _pipeline.ChangeAsync(
            now,
            (core, at, decision) => core.CoHosts.Create(at, CoHostId.Parse(NewId("cohost")), by, request, whyNoMix, decision));

    /// <param name="whyNoMix">Why no further session can be mixed, if none can: refuses the consent that would begin one.</param>
    public Task<Outcome<CoHostSession>> AcceptCoHostAsync(DateTimeOffset now, CoHostId id, Actor by, string? whyNoMix = null) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.CoHosts.Accept(at, id, by, whyNoMix, decision));

    public Task<Outcome<CoHostSession>> DeclineCoHostAsync(DateTimeOffset now, CoHostId id, Actor by) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.CoHosts.Decline(at, id, by, decision));

    /// <summary>Ends an active session, cancels or declines an invitation, and leaves alone what is over.</summary>
    public Task<Outcome<CoHostSession>> EndCoHostAsync(DateTimeOffset now, CoHostId id, Actor by) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.CoHosts.End(at, id, by, decision));

    /// <param name="mediaTime">When to switch: 90 kHz on the feeds' timeline; null = at once.</param>
    public Task<Outcome<CoHostSession>> SetLayoutAsync(
        DateTimeOffset now, CoHostId id, Actor by, CoHostLayout layout, long? mediaTime = null) =>
        _pipeline.ChangeAsync(
            now, (core, at, decision) => core.CoHosts.SetLayout(at, id, by, layout, mediaTime, decision));

    public Outcome<CoHostSession> GetCoHost(CoHostId id) => _pipeline.View<Outcome<CoHostSession>>(catalog =>
        catalog.TryGetSession(id, out var session) ? session : Problem.NotFound("co-host session", id));

    /// <summary>A room's sessions, or all: the open ones, or with the closed ones too; the newest first.</summary>
    public ImmutableArray<CoHostSession> ListCoHosts(RoomId? roomId = null, bool openOnly = true) => _pipeline.View(catalog =>
        (roomId is { } id ? catalog.SessionsOf(id) : catalog.Sessions)
            .Where(session => !openOnly || session.IsOpen)
            .OrderByDescending(session => session.InvitedAt)
            .ToImmutableArray());

    /// <summary>When <see cref="HandleTimeoutAsync"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextTimeout() => _pipeline.NextRecovery ?? Earlier(
        _pipeline.View(catalog => catalog.Invitations.Select(session => (DateTimeOffset?)session.ExpiresAt).Min()),
        _pipeline.Read(core => core.Statements.Unsealed.Any() ? DateTimeOffset.MinValue : core.Ledgers.NextTimeout));

    /// <summary>
    /// Expires invitations that nobody answered in time; signs heads of ledgers; gives closed statements their digests;
    /// reads a store that failed anew, so that the service recovers also when nobody calls.
    /// </summary>
    public async Task<Outcome<bool>> HandleTimeoutAsync(DateTimeOffset now)
    {
        var outcome = await _pipeline.ChangeAsync<bool>(now, (core, at, decision) =>
        {
            core.CoHosts.HandleTimeout(at, decision);
            core.Ledgers.HandleTimeout(at, decision);
            return true;
        });
        return outcome.IsSuccess ? await Statements.SealAsync(now) : outcome;
    }

    // Campaigns

    /// <summary>Opens, shows again, closes or reveals a campaign in a room.</summary>
    public Task<Outcome<CampaignView>> PublishCampaignAsync(DateTimeOffset now, RoomId roomId, CampaignDraft draft)
    {
        var seed = RandomNumberGenerator.GetBytes(DrawRules.SeedLength);
        return _pipeline.ChangeAsync(now, (core, at, decision) => core.Campaigns.Publish(at, roomId, draft, seed, decision));
    }

    /// <summary>A viewer claims, helps or enters; answered when it is durable.</summary>
    public Task<Outcome<ParticipationAnswer>> ParticipateAsync(DateTimeOffset now, RoomId roomId, CampaignKey key, ViewerId viewer) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Campaigns.Participate(at, roomId, key, viewer, decision));

    public Outcome<CampaignView> GetCampaign(CampaignKey key) => _pipeline.View<Outcome<CampaignView>>(catalog =>
        catalog.Campaigns.TryGet(key, out var campaign)
            ? catalog.Campaigns.View(campaign)
            : Problem.NotFound(CampaignDraft.TypeOf(key.Kind), key.Id));

    /// <summary>What a room's viewers are to know of, the newest first.</summary>
    public ImmutableArray<CampaignView> ListCampaigns(DateTimeOffset now, RoomId roomId) => _pipeline.View(catalog =>
        catalog.TryGetRoom(roomId, out var room) ? catalog.CampaignsIn(room, now).Select(catalog.Campaigns.View).ToImmutableArray() : []);

    /// <summary>Who takes part in a campaign, in order.</summary>
    public ImmutableArray<ViewerId> ListParticipants(CampaignKey key) =>
        _pipeline.Read(core => core.State.Participants.InOrder(key).ToImmutableArray());

    /// <summary>Keeps rooms' likes, which are counted elsewhere.</summary>
    public Task<Outcome<bool>> KeepLikesAsync(DateTimeOffset now, IReadOnlyList<(RoomId RoomId, long Likes)> totals) =>
        _pipeline.ChangeAsync<bool>(now, (_, _, decision) =>
        {
            foreach (var (roomId, likes) in totals)
            {
                decision.Record(new LikesChange(roomId, likes));
            }

            return true;
        });

    /// <summary>A room's likes as they were last kept.</summary>
    public long GetLikes(RoomId roomId) => _pipeline.View(catalog => catalog.Likes(roomId));

    // Orders

    /// <summary>
    /// A reported event: a new one is recorded, a repeat gets the first answer, a contradiction is quarantined
    /// (conflict), an impossible one is refused (unprocessable).
    /// </summary>
    public Task<Outcome<OrderAnswer>> SubmitOrderAsync(
        DateTimeOffset now, OrderEvent orderEvent, CancellationToken cancellationToken = default) =>
        _pipeline.SubmitAsync(now, orderEvent, cancellationToken);

    /// <summary>Several events, each for itself and in order, in as few disk writes as possible.</summary>
    public Task<Outcome<OrderAnswer>[]> SubmitOrdersAsync(
        DateTimeOffset now, IReadOnlyList<OrderEvent> orderEvents, CancellationToken cancellationToken = default) =>
        _pipeline.SubmitAsync(now, orderEvents, cancellationToken);

    /// <param name="after">Exclusive; 0 for the beginning.</param>
    /// <param name="limit">1 to 1000.</param>
    public Task<ImmutableArray<QuarantinedEvent>> ReadQuarantineAsync(
        long after, int limit, CancellationToken cancellationToken = default) =>
        _pipeline.Store.ReadQuarantineAsync(after, Math.Clamp(limit, 1, LedgerPage.MaxLimit), cancellationToken);

    /// <summary>
    /// What was found for a merchant's lines of an order: which overlay at which time of the feed, who spoke, through
    /// whose room and code. Nothing of other merchants' lines; an order without any of its own is not found.
    /// </summary>
    public Task<Outcome<ImmutableArray<AttributionRecord>>> ReadAttributionAsync(
        MerchantId id, OrderId orderId, CancellationToken cancellationToken = default) =>
        _attribution.ReadAsync(id, orderId, cancellationToken);

    // Ledger

    /// <param name="after">Exclusive; 0 for the beginning.</param>
    /// <param name="limit">1 to 1000.</param>
    public Task<Outcome<LedgerPage>> ReadLedgerAsync(
        MerchantId id, long after, int limit, CancellationToken cancellationToken = default) =>
        _ledgers.ReadAsync(id, after, limit, cancellationToken);

    public Task<Outcome<LedgerVerification>> VerifyLedgerAsync(MerchantId id, CancellationToken cancellationToken = default) =>
        _ledgers.VerifyAsync(id, cancellationToken);

    /// <summary>The keys that checkpoints were ever signed with, by id.</summary>
    public IReadOnlyDictionary<string, LedgerPublicKey> LedgerKeys() =>
        _pipeline.Read(core => core.State.LedgerKeys.ToImmutableDictionary());

    /// <param name="after">Number of an entry, exclusive; 0 for the beginning.</param>
    /// <param name="limit">1 to 1000.</param>
    public Task<Outcome<ImmutableArray<LedgerCheckpoint>>> ReadCheckpointsAsync(
        MerchantId id, long after, int limit, CancellationToken cancellationToken = default) =>
        _ledgers.ReadCheckpointsAsync(id, after, limit, cancellationToken);

    /// <summary>The last checkpoint that was made of a ledger; null before the first.</summary>
    public LedgerCheckpoint? LastCheckpoint(MerchantId id) => _pipeline.Read(core => core.State.Checkpoints.Last(id));

    /// <summary>By how long the signing of a ledger's head is late; zero while none is.</summary>
    public TimeSpan CheckpointOverdue(DateTimeOffset now) => _pipeline.Read(core => core.Ledgers.NextTimeout) is { } due && due < now
        ? now - (due < _openedAt ? _openedAt : due)
        : TimeSpan.Zero;

    /// <summary>Closed statements whose digest is not made yet.</summary>
    public int UnsealedStatements => _pipeline.Read(core => core.Statements.Unsealed.Count());

    /// <summary>Closed statements, and what other policies would make of a ledger.</summary>
    public StatementReading Statements { get; }

    /// <summary>The merchant's figures over all, or over one co-host session.</summary>
    public Task<Outcome<LedgerFigures>> GetStatementAsync(
        MerchantId id, CoHostId? coHostId, CancellationToken cancellationToken = default) =>
        _ledgers.FiguresAsync(id, coHostId, null, cancellationToken);

    /// <summary>The merchant's figures of one room, from its own ledger only.</summary>
    public Task<Outcome<LedgerFigures>> GetReportAsync(
        MerchantId id, RoomId roomId, CancellationToken cancellationToken = default) =>
        _ledgers.FiguresAsync(id, null, roomId, cancellationToken);

    /// <summary>Per currency, over everything accepted; every difference must be 0.</summary>
    public ImmutableArray<Conservation> GetConservation() =>
        _pipeline.Read(core => core.State.Sums.OrderBy(sum => sum.Currency, StringComparer.Ordinal).ToImmutableArray());

    // Sharing and viewers

    public Task<Outcome<Put<ShareCodeEntry>>> PutShareCodeAsync(DateTimeOffset now, ShareCodeEntry entry) =>
        _pipeline.ChangeAsync(now, (core, _, decision) => core.Shares.Put(entry, decision));

    public bool TryResolveShareCode(ShareCode code, [NotNullWhen(true)] out ShareCodeEntry? entry)
    {
        entry = _pipeline.Read(core => core.State.ShareCodes.TryResolve(code, out var found) ? found : null);
        return entry is not null;
    }

    /// <summary>The board of the hour (of event time) that contains a time.</summary>
    public Task<Outcome<Leaderboard>> GetLeaderboardAsync(
        MerchantId id, DateTimeOffset window, CancellationToken cancellationToken = default) =>
        _leaderboards.ReadAsync(id, window, cancellationToken);

    /// <summary>
    /// A viewer came into a room. Returns its first touch of the night, which this may be. Kept without waiting for the
    /// disk: a join must not, and what a crash loses is the origin of a viewer who came in a moment before.
    /// </summary>
    public ViewerTouch RecordJoin(DateTimeOffset now, ViewerId viewerId, RoomId roomId, ShareCode? shareCode = null) =>
        _pipeline.RecordJoin(UnixMicros.Truncate(now), viewerId, roomId, shareCode);

    /// <summary>A signed token that says what a viewer clicked, for an order to bring back.</summary>
    public string SignClick(ClickFacts facts) => _pipeline.Read(core => core.ClickTokens.Sign(facts));

    /// <summary>
    /// The item under a click, if the room shows it: the click's facts with session, and the code that the viewer came
    /// in with.
    /// </summary>
    /// <param name="overlay">The overlay that was clicked, and what kind it is as far as that is remembered.</param>
    /// <param name="tileOwner">Whose tile of the picture was tapped; null for a click beside it.</param>
    public Outcome<ClickFacts> DescribeClick(
        DateTimeOffset now, RoomId roomId, ViewerId viewerId, ItemKey item, (long Seq, string? Type)? overlay,
        LiveMoment seen, MerchantId? tileOwner = null) =>
        _attribution.Describe(now, roomId, viewerId, item, overlay, seen, tileOwner);

    private static DateTimeOffset? Earlier(DateTimeOffset? first, DateTimeOffset? second) =>
        first is null || second < first ? second : first;

    // Random, so that knowing one session or show tells nothing about others.
    private static string NewId(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
}
