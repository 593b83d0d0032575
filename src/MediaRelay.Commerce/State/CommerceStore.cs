using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.State;

/// <summary>
/// Where commerce is kept. Writes are transactions of changes, queued in call order and made durable in that order;
/// reads see what is durable. Implementations are thread-safe. A store that cannot write or read throws <see
/// cref="CommerceStoreException"/>.
/// </summary>
public abstract class CommerceStore : IAsyncDisposable
{
    /// <summary>Transactions queued and not durable yet.</summary>
    public abstract int QueuedTransactions { get; }

    /// <summary>
    /// Gives everything that memory holds as changes, in an order in which they can be applied, and the rest as totals.
    /// After a failed commit this also makes the store take commits again; nothing may be queued meanwhile.
    /// </summary>
    /// <param name="touchesSince">Viewer touches before this are of no use any more.</param>
    public abstract Task<StoredTotals> LoadAsync(
        DateTimeOffset touchesSince, Action<CommerceChange> apply, CancellationToken cancellationToken);

    /// <summary>
    /// Queues a transaction; the task completes when it is durable. A failed one takes all that are queued behind it
    /// along, because they were decided on top of it; none of those is durable then.
    /// </summary>
    /// <param name="onDurable">
    /// Called in commit order, before the task completes, on the store's thread; must be short and not throw.
    /// </param>
    public abstract Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable);

    /// <summary>
    /// What is kept of an order (empty when there is nothing), and which order an event id belongs to.
    /// </summary>
    public abstract Task<StoredOrder> ReadOrderAsync(
        OrderId orderId, EventId? eventId, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="limit"/> entries with a sequence number above <paramref name="after"/>, in order.
    /// </summary>
    public abstract Task<ImmutableArray<LedgerEntry>> ReadLedgerAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Visits a whole ledger in order and returns its head, both of one moment.</summary>
    public abstract Task<LedgerHead> ScanLedgerAsync(
        MerchantId merchantId, Action<LedgerEntry> visit, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="limit"/> checkpoints that cover entries behind number <paramref name="after"/>, in order.
    /// </summary>
    public abstract Task<ImmutableArray<LedgerCheckpoint>> ReadCheckpointsAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>A merchant's closed statements, the latest first; those behind one of them, if it is given.</summary>
    public abstract Task<ImmutableArray<ClosedStatement>> ReadStatementsAsync(
        MerchantId merchantId, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>One closed statement, or null.</summary>
    public abstract Task<ClosedStatement?> ReadStatementAsync(
        MerchantId merchantId, string id, CancellationToken cancellationToken);

    /// <summary>
    /// Visits the facts of all lines that a merchant owns or whose viewers came through its rooms, in order of order and
    /// line.
    /// </summary>
    public abstract Task ScanAttributionAsync(
        MerchantId merchantId, Action<AttributionRecord> visit, CancellationToken cancellationToken);

    /// <summary>
    /// Visits everything that happened, in the order in which it was decided: changes of what decisions rest on, and
    /// accepted order events. What those led to is not among it.
    /// </summary>
    public abstract Task ScanLogAsync(
        Action<CommerceChange> visitChange, Action<RecordedOrderEvent> visitOrder, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="limit"/> quarantined events with a number above <paramref name="after"/>, in order.
    /// </summary>
    public abstract Task<ImmutableArray<QuarantinedEvent>> ReadQuarantineAsync(
        long after, int limit, CancellationToken cancellationToken);

    /// <summary>A merchant's sales by share code; event time from (inclusive) to (exclusive).</summary>
    public abstract Task<ImmutableArray<ShareCodeSales>> ReadShareCodeSalesAsync(
        MerchantId merchantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>What waits for webhooks.</summary>
    public abstract OutboxReader Outbox { get; }

    /// <summary>What reports are made of.</summary>
    public abstract ReportReader Reports { get; }

    public abstract ValueTask DisposeAsync();
}
