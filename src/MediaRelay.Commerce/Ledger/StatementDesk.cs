using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Closes statements: fixes in the transaction that ends a show or a session what belongs to it. The digest needs the
/// ledger to be read and comes afterwards; a crash in between loses nothing.
/// </summary>
internal sealed class StatementDesk(CommerceState state)
{
    /// <summary>Statements without a digest, the oldest first.</summary>
    public IEnumerable<ClosedStatement> Unsealed => state.UnsealedStatements;

    public void Close(DateTimeOffset now, Show show, Decision decision)
    {
        if (state.Catalog.TryGetAnyRoom(show.RoomId, out var room))
        {
            Record(now, room.MerchantId, show.Id.Value, StatementScope.Show, show.RoomId, show.StartedAt, decision);
        }
    }

    public void Close(DateTimeOffset now, CoHostSession session, Decision decision)
    {
        foreach (var merchant in session.Rooms.Select(room => room.MerchantId).Distinct())
        {
            Record(now, merchant, session.Id.Value, StatementScope.CoHost, null, session.ActiveAt ?? now, decision);
        }
    }

    /// <summary>Keeps the digest of a statement's document; a second one changes nothing.</summary>
    public void Seal(ClosedStatement statement, string digest, Decision decision)
    {
        if (state.UnsealedStatements.Contains(statement))
        {
            decision.Record(new StatementChange(statement with { Digest = digest }));
        }
    }

    private void Record(
        DateTimeOffset now, MerchantId merchant, string id, StatementScope scope, RoomId? roomId, DateTimeOffset from,
        Decision decision) => decision.Record(new StatementChange(new ClosedStatement(
            merchant, id, scope, roomId, from, now, state.Head(merchant), AttributionPolicy.V1.Version, null)));
}
