using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.State;

/// <summary>
/// One fact that became true. Memory and store take the same changes, so what is read back after a restart is what was
/// there before.
/// </summary>
public abstract record CommerceChange;

public sealed record MerchantChange(Merchant Merchant) : CommerceChange;

public sealed record RoomChange(Room Room) : CommerceChange;

public sealed record ShowChange(Show Show) : CommerceChange;

public sealed record ShelfItemChange(ShelfItem Item) : CommerceChange;

/// <summary>The room's spotlight; null = none.</summary>
public sealed record SpotlightChange(RoomId RoomId, Spotlight? Spotlight) : CommerceChange;

public sealed record CoHostChange(CoHostSession Session) : CommerceChange;

/// <summary>A new event, or an old one in a new state.</summary>
public sealed record OrderEventChange(RecordedOrderEvent Event) : CommerceChange;

public sealed record AttributionChange(AttributionRecord Record) : CommerceChange;

/// <summary>The next entry of a merchant's chain.</summary>
/// <param name="OpensOrder">
/// A sale, the first of its order in its hour of event time, share code and currency: what boards count orders by.
/// </param>
public sealed record LedgerChange(LedgerEntry Entry, bool OpensOrder = false) : CommerceChange;

public sealed record QuarantineChange(QuarantinedEvent Event) : CommerceChange;

/// <summary>
/// What the order events add to the two sums that the ledgers are held against (<see cref="Conservation"/>).
/// </summary>
public sealed record OrderSumChange(string Currency, long TotalMinor, long UnattributedMinor) : CommerceChange;

public sealed record ShareCodeChange(ShareCodeEntry Entry) : CommerceChange;

/// <summary>A campaign is new or in another state.</summary>
/// <param name="Outcome">Of a draw that is not open any more.</param>
/// <param name="IsOfRecord">
/// A draw, or somebody takes part: the change goes into the log. What was only shown leaves nothing behind.
/// </param>
public sealed record CampaignChange(Campaign Campaign, DrawOutcome? Outcome = null, bool IsOfRecord = false) : CommerceChange;

/// <summary>A campaign in which nobody took part gave way to newer ones.</summary>
public sealed record CampaignForgottenChange(CampaignKey Key) : CommerceChange;

public sealed record ParticipationChange(Participation Participation) : CommerceChange;

/// <summary>All likes of a room so far.</summary>
public sealed record LikesChange(RoomId RoomId, long Likes) : CommerceChange;

public sealed record ViewerTouchChange(ViewerTouch Touch) : CommerceChange;

/// <summary>A key that checkpoints are checked with, from now on and for good.</summary>
public sealed record LedgerKeyChange(LedgerPublicKey Key) : CommerceChange;

/// <summary>A ledger's head was signed.</summary>
public sealed record CheckpointChange(LedgerCheckpoint Checkpoint) : CommerceChange;

/// <summary>A statement was closed, or got its digest.</summary>
public sealed record StatementChange(ClosedStatement Statement) : CommerceChange;
