using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;

namespace MediaRelay.Commerce.Reports;

/// <summary>
/// What a report is about: one merchant's figures of one show in a room. Each ledger entry of the room belongs to the last show
/// that had begun when it occurred (those before the first show to that one), so what comes late counts with the show that
/// it followed, and the reports of all shows add up to the room's ledger.
/// </summary>
/// <param name="Show">Null for a room that was never live: then everything.</param>
/// <param name="IsOwner">Whether the room is the merchant's: only then its audience is, too.</param>
/// <param name="From">Entries that occurred from here on, null for no bound; <paramref name="To"/> likewise, exclusive.</param>
public sealed record ReportScope(
    MerchantId MerchantId, RoomId RoomId, Show? Show, bool IsOwner, DateTimeOffset? From, DateTimeOffset? To);
