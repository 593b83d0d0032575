using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Closed statements with their documents, and what other policies would make of a ledger. Thread-safe; shows what is
/// durable.
/// </summary>
public sealed class StatementReading
{
    // So many per call, so that what else is due does not wait for the reading of many ledgers. A ledger is read once for all of its
    // statements.
    private const int MaxSealedAtOnce = 64;
    private const int MaxLedgersAtOnce = 8;

    // A what-if reads a whole ledger and holds its lines; further ones wait for their turn.
    private readonly SemaphoreSlim _whatIf = new(1, 1);
    private readonly CommercePipeline _pipeline;

    internal StatementReading(CommercePipeline pipeline) => _pipeline = pipeline;

    /// <summary>A merchant's closed statements, the latest first.</summary>
    /// <param name="after">The id of the last one that was read; null to begin with the latest.</param>
    /// <param name="limit">1 to 1000.</param>
    public Task<ImmutableArray<ClosedStatement>> ListAsync(
        MerchantId id, string? after, int limit, CancellationToken cancellationToken = default) =>
        _pipeline.Store.ReadStatementsAsync(id, after, Math.Clamp(limit, 1, LedgerPage.MaxLimit), cancellationToken);

    /// <summary>A closed statement's document, made from the ledger: the same bytes at every reading.</summary>
    public async Task<Outcome<StatementContent>> ReadAsync(
        MerchantId id, string statementId, CancellationToken cancellationToken = default)
    {
        var statement = await _pipeline.Store.ReadStatementAsync(id, statementId, cancellationToken);
        return statement is null
            ? Problem.NotFound("closed statement", statementId)
            : (await MakeAsync([statement], cancellationToken))[0];
    }

    /// <summary>What a policy makes of a merchant's ledger, or of one session's part; writes nothing.</summary>
    public async Task<PolicyFigures> WhatIfAsync(
        MerchantId id, AttributionPolicy policy, CoHostId? coHostId, CancellationToken cancellationToken = default)
    {
        await _whatIf.WaitAsync(cancellationToken);
        try
        {
            var builder = new PolicyFiguresBuilder(id, policy, coHostId);
            await _pipeline.Store.ScanLedgerAsync(id, builder.Add, cancellationToken);
            await _pipeline.Store.ScanAttributionAsync(id, builder.Add, cancellationToken);
            return builder.Build();
        }
        finally
        {
            _whatIf.Release();
        }
    }

    /// <summary>Gives statements that were closed lately their digests.</summary>
    internal async Task<Outcome<bool>> SealAsync(DateTimeOffset now)
    {
        var unsealed = _pipeline.Read(core => core.Statements.Unsealed.Take(MaxSealedAtOnce).ToArray());
        foreach (var ofMerchant in unsealed.GroupBy(statement => statement.MerchantId).Take(MaxLedgersAtOnce))
        {
            ImmutableArray<StatementContent> contents;
            try
            {
                contents = await MakeAsync([.. ofMerchant], CancellationToken.None);
            }
            catch (CommerceStoreException e)
            {
                return Problem.Unavailable(e.Message);
            }

            var outcome = await _pipeline.ChangeAsync<bool>(now, (core, _, decision) =>
            {
                foreach (var content in contents)
                {
                    core.Statements.Seal(content.Statement, content.Digest, decision);
                }

                return true;
            });
            if (!outcome.IsSuccess)
            {
                return outcome;
            }
        }

        return true;
    }

    // Of one merchant.
    private async Task<ImmutableArray<StatementContent>> MakeAsync(
        ImmutableArray<ClosedStatement> statements, CancellationToken cancellationToken)
    {
        var builder = new StatementsBuilder(statements);
        await _pipeline.Store.ScanLedgerAsync(statements[0].MerchantId, builder.Add, cancellationToken);
        return builder.Build();
    }
}
