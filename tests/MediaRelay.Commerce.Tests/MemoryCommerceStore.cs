using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.Tests;

/// <summary>
/// A store in memory that keeps what is committed as the log of changes, can be told to fail, and can hold commits back
/// until told to go on. It outlives the services that are opened on it.
/// </summary>
internal sealed class MemoryCommerceStore : CommerceStore
{
    private readonly List<CommerceChange> _log = [];
    private readonly Dictionary<MerchantId, List<LedgerEntry>> _ledgers = [];
    private readonly Dictionary<OrderId, List<CommerceChange>> _orders = [];
    private readonly Queue<(
        IReadOnlyList<CommerceChange> Changes, Action OnDurable, TaskCompletionSource Done)> _held = new();
    private bool _hasFailed;

    /// <summary>Commits wait until <see cref="Release"/>.</summary>
    public bool IsHolding { get; set; }

    /// <summary>The next commit fails, and all after it until the next load.</summary>
    public bool FailsNext { get; set; }

    /// <summary>The next commit takes place, but its answer is lost; all after it fail until the next load.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>Loads fail.</summary>
    public bool IsAway { get; set; }

    public int Loads { get; private set; }

    public int OrderReads { get; private set; }

    public IReadOnlyList<CommerceChange> Log => _log;

    public MemoryOutboxReader OutboxEntries { get; } = new();

    public override OutboxReader Outbox => OutboxEntries;

    /// <summary>Reports are made of what only a database adds up.</summary>
    public override ReportReader Reports => throw new NotSupportedException();

    public override int QueuedTransactions => _held.Count;

    public IReadOnlyList<LedgerEntry> Ledger(MerchantId merchant) =>
        _ledgers.TryGetValue(merchant, out var entries) ? entries : [];

    public void Release()
    {
        while (_held.TryDequeue(out var held))
        {
            Write(held.Changes, held.OnDurable);
            held.Done.SetResult();
        }
    }

    public override Task<StoredTotals> LoadAsync(
        DateTimeOffset touchesSince, Action<CommerceChange> apply, CancellationToken cancellationToken)
    {
        Loads++;
        if (IsAway)
        {
            throw new CommerceStoreException("The server is away.");
        }

        _hasFailed = false;
        var sums = new Dictionary<string, Conservation>();
        foreach (var change in _log)
        {
            switch (change)
            {
                case OrderEventChange or AttributionChange or QuarantineChange:
                    break;
                case LedgerChange { Entry: { Currency: { } currency, AmountMinor: { } amount } entry } when entry.Kind != LedgerKind.Redemption:
                    var ledgers = sums.GetValueOrDefault(currency, new Conservation(currency, 0, 0, 0));
                    sums[currency] = ledgers with { MerchantsMinor = ledgers.MerchantsMinor + amount };
                    break;
                case LedgerChange:
                    break;
                case OrderSumChange sum:
                    var orders = sums.GetValueOrDefault(sum.Currency, new Conservation(sum.Currency, 0, 0, 0));
                    sums[sum.Currency] = orders with
                    {
                        TotalMinor = orders.TotalMinor + sum.TotalMinor,
                        UnattributedMinor = orders.UnattributedMinor + sum.UnattributedMinor,
                    };
                    break;
                case ViewerTouchChange { Touch: var touch } when touch.At < touchesSince:
                    break;
                default:
                    apply(change);
                    break;
            }
        }

        return Task.FromResult(new StoredTotals(
            [.. Enumerable.Range(0, ClickTokens.KeyLength).Select(i => (byte)i)],
            [.. _ledgers.Select(pair => new LedgerHead(pair.Key, pair.Value.Count, pair.Value[^1].Hash))],
            [.. sums.Values],
            _log.OfType<OrderEventChange>().Select(change => change.Event.Arrival).DefaultIfEmpty().Max(),
            _log.OfType<QuarantineChange>().Select(change => change.Event.Seq).DefaultIfEmpty().Max()));
    }

    public override Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable)
    {
        if (_hasFailed || FailsNext)
        {
            FailsNext = false;
            _hasFailed = true;
            return Task.FromException(new CommerceStoreException("The disk is full."));
        }

        if (LosesNextAnswer)
        {
            LosesNextAnswer = false;
            _hasFailed = true;
            Write(changes, static () => { });
            return Task.FromException(new CommerceStoreException("The connection is lost."));
        }

        if (IsHolding)
        {
            var done = new TaskCompletionSource();
            _held.Enqueue((changes, onDurable, done));
            return done.Task;
        }

        Write(changes, onDurable);
        return Task.CompletedTask;
    }

    public override Task<StoredOrder> ReadOrderAsync(
        OrderId orderId, EventId? eventId, CancellationToken cancellationToken)
    {
        OrderReads++;
        var changes = _orders.GetValueOrDefault(orderId, []);
        var events = new Dictionary<string, RecordedOrderEvent>();
        foreach (var change in changes.OfType<OrderEventChange>())
        {
            events[change.Event.Event.Key] = change.Event;
        }

        OrderId? owner = null;
        if (eventId is not null)
        {
            foreach (var (id, others) in _orders)
            {
                if (others.OfType<OrderEventChange>().Any(change => change.Event.Event.EventId == eventId))
                {
                    owner = id;
                }
            }
        }

        return Task.FromResult(new StoredOrder(
            [.. events.Values.OrderBy(recorded => recorded.Arrival)],
            [.. changes.OfType<AttributionChange>().Select(change => change.Record)],
            [.. changes.OfType<QuarantineChange>().Select(change => change.Event)],
            owner));
    }

    public override Task<ImmutableArray<LedgerEntry>> ReadLedgerAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Ledger(merchantId).Where(entry => entry.Seq > after).Take(limit).ToImmutableArray());

    public override Task<LedgerHead> ScanLedgerAsync(
        MerchantId merchantId, Action<LedgerEntry> visit, CancellationToken cancellationToken)
    {
        var entries = Ledger(merchantId);
        foreach (var entry in entries)
        {
            visit(entry);
        }

        return Task.FromResult(
            entries.Count == 0
                ? LedgerHead.Genesis(merchantId)
                : new LedgerHead(merchantId, entries.Count, entries[^1].Hash));
    }

    public override Task<ImmutableArray<QuarantinedEvent>> ReadQuarantineAsync(
        long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(
            _log.OfType<QuarantineChange>().Select(change => change.Event).Where(e => e.Seq > after).Take(limit).ToImmutableArray());

    public override Task<ImmutableArray<ShareCodeSales>> ReadShareCodeSalesAsync(
        MerchantId merchantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Task.FromResult(Ledger(merchantId)
            .Where(
                entry => entry is { ShareCode: not null, AmountMinor: not null } && entry.Kind != LedgerKind.Redemption
                && entry.OccurredAt >= from && entry.OccurredAt < to)
            .GroupBy(entry => (entry.ShareCode!.Value, entry.Currency!))
            .Select(group => new ShareCodeSales(
                group.Key.Item1, group.Key.Item2,
                group.Where(entry => entry.Kind == LedgerKind.Sale).Select(entry => entry.OrderId).Distinct().Count(),
                group.Where(entry => entry.Kind == LedgerKind.Sale).Sum(entry => entry.AmountMinor!.Value),
                group.Sum(entry => entry.AmountMinor!.Value)))
            .ToImmutableArray());

    public override Task<ImmutableArray<LedgerCheckpoint>> ReadCheckpointsAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(_log.OfType<CheckpointChange>().Select(change => change.Checkpoint)
            .Where(checkpoint => checkpoint.MerchantId == merchantId && checkpoint.Seq > after).Take(limit).ToImmutableArray());

    public override Task<ImmutableArray<ClosedStatement>> ReadStatementsAsync(
        MerchantId merchantId, string? after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Statements(merchantId).Values
            .OrderByDescending(statement => (statement.ClosedAt, statement.Id))
            .SkipWhile(statement => after is not null && statement.Id != after)
            .Skip(after is null ? 0 : 1).Take(limit).ToImmutableArray());

    public override Task<ClosedStatement?> ReadStatementAsync(
        MerchantId merchantId, string id, CancellationToken cancellationToken) =>
        Task.FromResult(Statements(merchantId).GetValueOrDefault(id));

    public override Task ScanAttributionAsync(
        MerchantId merchantId, Action<AttributionRecord> visit, CancellationToken cancellationToken)
    {
        foreach (var change in _log.OfType<AttributionChange>().Where(change => change.Record.Owner == merchantId
            || change.Record.OriginMerchantId == merchantId || change.Record.CarrierMerchantId == merchantId))
        {
            visit(change.Record);
        }

        return Task.CompletedTask;
    }

    public override Task ScanLogAsync(
        Action<CommerceChange> visitChange, Action<RecordedOrderEvent> visitOrder, CancellationToken cancellationToken)
    {
        var seen = 0L;
        foreach (var change in _log)
        {
            if (change is OrderEventChange { Event: var recorded })
            {
                // An event in a later state is no further event.
                if (recorded.Arrival > seen)
                {
                    visitOrder(recorded);
                }

                seen = Math.Max(seen, recorded.Arrival);
            }
            else if (change is MerchantChange or RoomChange or ShowChange or ShelfItemChange or SpotlightChange
                or CoHostChange or ShareCodeChange or ViewerTouchChange or ParticipationChange
                or CampaignChange { IsOfRecord: true })
            {
                visitChange(change);
            }
        }

        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Dictionary<string, ClosedStatement> Statements(MerchantId merchantId)
    {
        var statements = new Dictionary<string, ClosedStatement>();
        foreach (var statement in _log.OfType<StatementChange>().Select(change => change.Statement)
            .Where(statement => statement.MerchantId == merchantId))
        {
            statements[statement.Id] = statement;
        }

        return statements;
    }

    private void Write(IReadOnlyList<CommerceChange> changes, Action onDurable)
    {
        foreach (var change in changes)
        {
            _log.Add(change);
            OutboxEntries.Apply(change);
            switch (change)
            {
                case LedgerChange { Entry: var entry }:
                    if (!_ledgers.TryGetValue(entry.MerchantId, out var ledger))
                    {
                        _ledgers[entry.MerchantId] = ledger = [];
                    }

                    ledger.Add(entry);
                    break;
                case OrderEventChange { Event: var recorded }: Remember(recorded.Event.OrderId, change); break;
                case AttributionChange { Record: var record }: Remember(record.OrderId, change); break;
                case QuarantineChange { Event: var quarantined }: Remember(quarantined.Event.OrderId, change); break;
            }
        }

        onDurable();
    }

    private void Remember(OrderId id, CommerceChange change)
    {
        if (!_orders.TryGetValue(id, out var changes))
        {
            _orders[id] = changes = [];
        }

        changes.Add(change);
    }
}
