using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// A merchant's statement of a show or a co-host session as it stood when that ended. It is fixed by the ledger's head of
/// that moment: entries that come later (refunds, late orders) belong to what comes after it.
/// </summary>
/// <param name="Id">The show's or the session's id.</param>
/// <param name="RoomId">The show's room; null for a session.</param>
/// <param name="From">When the show or the session began.</param>
/// <param name="ClosedAt">When it ended.</param>
/// <param name="Head">The ledger's last entry that counts.</param>
/// <param name="PolicyVersion">The policy by which the ledger was written.</param>
/// <param name="Digest">
/// SHA-256 of the statement's document (<see cref="StatementDocument"/>), 64 hex digits; null until it was made, which is
/// within a second.
/// </param>
public sealed record ClosedStatement(
    MerchantId MerchantId,
    string Id,
    StatementScope Scope,
    RoomId? RoomId,
    DateTimeOffset From,
    DateTimeOffset ClosedAt,
    LedgerHead Head,
    int PolicyVersion,
    string? Digest)
{
    /// <summary>Whether an entry counts.</summary>
    public bool Covers(LedgerEntry entry) => entry.Seq <= Head.Seq && (Scope == StatementScope.CoHost
        ? entry.CoHostId?.Value == Id
        : entry.CarrierRoomId == RoomId && entry.At >= From && entry.At <= ClosedAt);
}
