using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Storage.Reading;
using MediaRelay.Storage.Writing;

namespace MediaRelay.Storage;

/// <summary>
/// Commerce in a database of either kind: one thread that writes, any number that read. Every commit is on disk before it
/// is answered, so a killed process loses nothing that it acknowledged; and commits that wait at the same time share one
/// write.
/// </summary>
public abstract class SqlCommerceStore : CommerceStore
{
    private readonly GroupWriter _writer;

    private protected SqlCommerceStore(IReadConnections connections, IGroupTarget target)
    {
        Reader = new CommerceReader(connections);
        Outbox = new SqlOutboxReader(Reader);
        Reports = new SqlReportReader(Reader);
        _writer = new GroupWriter(target);
    }

    private protected CommerceReader Reader { get; }

    public override OutboxReader Outbox { get; }

    public override ReportReader Reports { get; }

    public override int QueuedTransactions => _writer.Queued;

    public override async Task<StoredTotals> LoadAsync(
        DateTimeOffset touchesSince, Action<CommerceChange> apply, CancellationToken cancellationToken)
    {
        await _writer.ResetAsync();
        return await Task.Run(() => Reader.Load(touchesSince, apply), cancellationToken);
    }

    public override Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable) =>
        _writer.CommitAsync(changes, onDurable);

    public override Task<ImmutableArray<LedgerEntry>> ReadLedgerAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadLedger(merchantId, after, limit), cancellationToken);

    public override Task<LedgerHead> ScanLedgerAsync(
        MerchantId merchantId, Action<LedgerEntry> visit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ScanLedger(merchantId, visit, cancellationToken), cancellationToken);

    public override Task<ImmutableArray<LedgerCheckpoint>> ReadCheckpointsAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadCheckpoints(merchantId, after, limit), cancellationToken);

    public override Task<ImmutableArray<ClosedStatement>> ReadStatementsAsync(
        MerchantId merchantId, string? after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadStatements(merchantId, after, limit), cancellationToken);

    public override Task<ClosedStatement?> ReadStatementAsync(
        MerchantId merchantId, string id, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadStatement(merchantId, id), cancellationToken);

    public override Task ScanAttributionAsync(
        MerchantId merchantId, Action<AttributionRecord> visit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ScanAttribution(merchantId, visit, cancellationToken), cancellationToken);

    public override Task ScanLogAsync(
        Action<CommerceChange> visitChange, Action<RecordedOrderEvent> visitOrder, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ScanLog(visitChange, visitOrder, cancellationToken), cancellationToken);

    public override Task<ImmutableArray<QuarantinedEvent>> ReadQuarantineAsync(
        long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadQuarantine(after, limit), cancellationToken);

    public override Task<ImmutableArray<ShareCodeSales>> ReadShareCodeSalesAsync(
        MerchantId merchantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Task.Run(() => Reader.ReadShareCodeSales(merchantId, from, to), cancellationToken);

    /// <summary>Writes what is queued, then closes the database and lets go of it.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        ReleaseConnections();
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what reads use, after the last write.</summary>
    private protected abstract void ReleaseConnections();
}
