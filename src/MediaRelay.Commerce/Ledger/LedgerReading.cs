using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Reads ledgers as they are durable: pages, figures, and whether their chains hold. Thread-safe.</summary>
internal sealed class LedgerReading(CommercePipeline pipeline)
{
    public async Task<Outcome<LedgerPage>> ReadAsync(
        MerchantId id, long after, int limit, CancellationToken cancellationToken)
    {
        if (CheckKnown(id) is { } problem)
        {
            return problem;
        }

        if (after < 0)
        {
            return Problem.Invalid("after", after, "0 or more");
        }

        if (limit is < 1 or > LedgerPage.MaxLimit)
        {
            return Problem.Invalid("limit", limit, $"1 to {LedgerPage.MaxLimit}");
        }

        // One more than asked for tells whether there is a next page.
        var entries = await pipeline.Store.ReadLedgerAsync(id, after, limit + 1, cancellationToken);
        return entries.Length > limit
            ? new LedgerPage(entries[..limit], entries[limit - 1].Seq)
            : new LedgerPage(entries, null);
    }

    public async Task<Outcome<LedgerVerification>> VerifyAsync(MerchantId id, CancellationToken cancellationToken)
    {
        if (CheckKnown(id) is { } problem)
        {
            return problem;
        }

        // Before the entries: every checkpoint that is there now covers entries that are there then.
        var checkpoints = await ReadAllCheckpointsAsync(id, cancellationToken);
        var verifier = new LedgerVerifier(id, checkpoints, pipeline.Read(core => core.State.LedgerKeys.ToImmutableDictionary()));
        var head = await pipeline.Store.ScanLedgerAsync(id, verifier.Add, cancellationToken);
        return verifier.Finish(head);
    }

    public async Task<Outcome<ImmutableArray<LedgerCheckpoint>>> ReadCheckpointsAsync(
        MerchantId id, long after, int limit, CancellationToken cancellationToken)
    {
        if (CheckKnown(id) is { } problem)
        {
            return problem;
        }

        return await pipeline.Store.ReadCheckpointsAsync(
            id, after, Math.Clamp(limit, 1, LedgerPage.MaxLimit), cancellationToken);
    }

    public async Task<Outcome<LedgerFigures>> FiguresAsync(
        MerchantId id, CoHostId? coHostId, RoomId? roomId, CancellationToken cancellationToken)
    {
        if (CheckKnown(id) is { } problem)
        {
            return problem;
        }

        var builder = new LedgerFiguresBuilder(id, coHostId, roomId);
        var head = await pipeline.Store.ScanLedgerAsync(id, builder.Add, cancellationToken);
        return builder.Build(head);
    }

    private async Task<List<LedgerCheckpoint>> ReadAllCheckpointsAsync(MerchantId id, CancellationToken cancellationToken)
    {
        var all = new List<LedgerCheckpoint>();
        ImmutableArray<LedgerCheckpoint> page;
        do
        {
            page = await pipeline.Store.ReadCheckpointsAsync(
                id, all.Count == 0 ? 0 : all[^1].Seq, LedgerPage.MaxLimit, cancellationToken);
            all.AddRange(page);
        }
        while (page.Length == LedgerPage.MaxLimit);
        return all;
    }

    private Problem? CheckKnown(MerchantId id) =>
        pipeline.View(catalog => catalog.TryGetMerchant(id, out _)) ? null : Problem.NotFound("merchant", id);
}
