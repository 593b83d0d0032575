using System.Collections.Immutable;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Events;

/// <summary>Something that is durable and that others may want to know: viewers, mixers, webhooks.</summary>
/// <param name="At">When the relay accepted the cause.</param>
public abstract record CommerceEvent(DateTimeOffset At);

/// <summary>Order lines first accepted as placed or paid.</summary>
/// <param name="CarrierRoomId">The room that the order names.</param>
/// <param name="Rooms">Every room whose viewers shall see it: the carrier room and those joined with it.</param>
public sealed record PurchasesAccepted(
    DateTimeOffset At, RoomId CarrierRoomId, ImmutableArray<RoomId> Rooms,
    ImmutableArray<Purchase> Purchases) : CommerceEvent(At);

/// <summary>An item appeared, changed or left (<see cref="ShelfItem.IsRemoved"/>).</summary>
/// <param name="Rooms">Every room whose viewers see this shelf.</param>
/// <param name="Version">The shelf's version with this change.</param>
public sealed record ShelfChanged(
    DateTimeOffset At, ImmutableArray<RoomId> Rooms, ShelfItem Item, long Version) : CommerceEvent(At);

/// <summary>A merchant shows another item, or none.</summary>
public sealed record SpotlightChanged(
    DateTimeOffset At, ImmutableArray<RoomId> Rooms, MerchantId MerchantId, ItemId? ItemId) : CommerceEvent(At);

/// <summary>A session was asked for or is in a new state.</summary>
/// <param name="Before">The state before; null for a new session.</param>
public sealed record CoHostChanged(DateTimeOffset At, CoHostSession Session, CoHostState? Before) : CommerceEvent(At);

/// <summary>A session is to be arranged anew.</summary>
/// <param name="MediaTime">When, 90 kHz on the feeds' timeline; null = at once.</param>
public sealed record LayoutChanged(DateTimeOffset At, CoHostSession Session, long? MediaTime) : CommerceEvent(At);

/// <summary>A campaign began.</summary>
/// <param name="RoomId">Where it is published first.</param>
public sealed record CampaignOpened(DateTimeOffset At, RoomId RoomId, CampaignView View) : CommerceEvent(At);

/// <summary>A campaign was closed, or a draw's seed revealed.</summary>
/// <param name="RoomId">Where it was asked for, and is published already.</param>
public sealed record CampaignEnded(DateTimeOffset At, RoomId RoomId, CampaignView View) : CommerceEvent(At);

/// <summary>A viewer claimed, helped or entered.</summary>
/// <param name="RoomId">Where the viewer was.</param>
public sealed record ParticipationAccepted(DateTimeOffset At, RoomId RoomId, Participation Participation) : CommerceEvent(At);

/// <summary>A room was created, changed or deleted.</summary>
public sealed record RoomChanged(DateTimeOffset At, Room Room) : CommerceEvent(At);

/// <summary>A show began or ended.</summary>
public sealed record ShowChanged(DateTimeOffset At, Show Show) : CommerceEvent(At);
