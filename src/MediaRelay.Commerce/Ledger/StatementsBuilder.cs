using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Makes the documents of many closed statements of one merchant in one reading of its ledger. An entry is held only against the statement
/// of its session and those of its room.
/// </summary>
internal sealed class StatementsBuilder
{
    private readonly ImmutableArray<(ClosedStatement Statement, LedgerFiguresBuilder Figures)> _all;
    private readonly ILookup<string, (ClosedStatement Statement, LedgerFiguresBuilder Figures)> _bySession;
    private readonly ILookup<RoomId, (ClosedStatement Statement, LedgerFiguresBuilder Figures)> _byRoom;

    /// <param name="statements">All of one merchant.</param>
    public StatementsBuilder(IEnumerable<ClosedStatement> statements)
    {
        _all = [.. statements.Select(statement => (statement, new LedgerFiguresBuilder(statement.MerchantId, null, null)))];
        _bySession = _all.Where(one => one.Statement.Scope == StatementScope.CoHost).ToLookup(
            one => one.Statement.Id, StringComparer.Ordinal);
        _byRoom = _all.Where(one => one.Statement.RoomId is not null).ToLookup(one => one.Statement.RoomId!.Value);
    }

    /// <summary>The merchant's entries, in order.</summary>
    public void Add(LedgerEntry entry)
    {
        if (entry.CoHostId is { } session)
        {
            Add(_bySession[session.Value], entry);
        }

        Add(_byRoom[entry.CarrierRoomId], entry);
    }

    /// <summary>In the order of the statements.</summary>
    public ImmutableArray<StatementContent> Build() =>
    [
        .. _all.Select(one =>
        {
            var document = StatementDocument.Write(one.Statement, one.Figures.Build(one.Statement.Head));
            return new StatementContent(one.Statement, document, StatementDocument.Digest(document));
        }),
    ];

    private static void Add(IEnumerable<(ClosedStatement Statement, LedgerFiguresBuilder Figures)> statements, LedgerEntry entry)
    {
        foreach (var (statement, figures) in statements)
        {
            if (statement.Covers(entry))
            {
                figures.Add(entry);
            }
        }
    }
}
