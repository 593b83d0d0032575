using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Rows;

namespace MediaRelay.Storage.Reading;

/// <summary>
/// Reads what is durable, each call on a pooled connection of its own and at one moment of the database. How it was
/// written stands in <see cref="Writing.ChangeStatements"/>.
/// </summary>
internal sealed class CommerceReader(IReadConnections connections)
{
    private const int LogPageSize = 1000;

    public StoredTotals Load(DateTimeOffset touchesSince, Action<CommerceChange> apply) => Read(connection =>
    {
        void Each<TRow>(string sql, Func<TRow, CommerceChange> toChange, object? parameters = null)
        {
            foreach (var row in connection.Query<TRow>(sql, parameters, buffered: false))
            {
                apply(toChange(row));
            }
        }

        Each<MerchantRow>("SELECT * FROM merchant", row => new MerchantChange(row.ToMerchant()));
        Each<RoomRow>("SELECT * FROM room", row => new RoomChange(row.ToRoom()));
        Each<ShowRow>("SELECT * FROM show WHERE ended_at IS NULL", row => new ShowChange(row.ToShow()));
        Each<ShelfItemRow>(
            "SELECT * FROM shelf_item ORDER BY merchant_id, version", row => new ShelfItemChange(row.ToItem()));
        Each<SpotlightRow>("SELECT * FROM spotlight", row => ToChange(row.ToSpotlight()));
        Each<CoHostRow>(
            "SELECT * FROM cohost ORDER BY coalesce(active_at, invited_at)", row => new CoHostChange(row.ToSession()));
        Each<ShareCodeRow>("SELECT * FROM share_code", row => new ShareCodeChange(row.ToEntry()));
        Each<CampaignRow>("SELECT * FROM campaign ORDER BY opened_at", row => row.ToChange());
        Each<ParticipationRow>(
            "SELECT * FROM participation ORDER BY merchant_id, kind, campaign_id, number", row => row.ToChange());
        Each<LikesRow>("SELECT * FROM room_likes", row => row.ToChange());
        Each<ViewerTouchRow>(
            "SELECT * FROM viewer_touch WHERE at >= @since ORDER BY at", row => new ViewerTouchChange(row.ToTouch()),
            new { since = UnixMicros.Of(touchesSince) });
        Each<LedgerKeyRow>("SELECT * FROM ledger_key", row => new LedgerKeyChange(row.ToKey()));
        Each<CheckpointRow>(
            "SELECT * FROM checkpoint AS last WHERE seq = (SELECT max(seq) FROM checkpoint WHERE merchant_id = last.merchant_id)",
            row => new CheckpointChange(row.ToCheckpoint()));
        Each<StatementRow>(
            "SELECT * FROM statement WHERE digest IS NULL ORDER BY closed_at", row => new StatementChange(row.ToStatement()));
        Each<WebhookRow>("SELECT * FROM webhook", row => new WebhookChange(row.ToWebhook()));
        Each<OutboxStreamRow>("SELECT * FROM outbox_stream", row => new OutboxStreamChange(row.ToStream()));
        return new StoredTotals(
            [.. connection.QuerySingle<byte[]>("SELECT value FROM meta WHERE key = 'click_token_key'")],
            [.. connection.Query<LedgerHeadRow>("SELECT * FROM ledger_head").Select(row => row.ToHead())],
            [.. ReadSums(connection)],
            connection.QuerySingle<long?>("SELECT max(arrival) FROM order_event") ?? 0,
            connection.QuerySingle<long?>("SELECT max(seq) FROM quarantine") ?? 0);
    });

    /// <summary>What is kept of one order, by several short questions: for a database that is no way off.</summary>
    public StoredOrder ReadOrder(OrderId orderId, EventId? eventId) => Read(connection =>
    {
        // Most orders are new, and one question is enough to know that.
        var id = new { id = orderId.Value };
        if (eventId is null && !connection.QuerySingle<bool>(
            "SELECT EXISTS (SELECT 1 FROM order_event WHERE order_id = @id) OR EXISTS (SELECT 1 FROM quarantine WHERE order_id = @id)", id))
        {
            return StoredOrder.Empty;
        }

        var owner = eventId is null
            ? null
            : connection.QuerySingleOrDefault<string>(
                "SELECT order_id FROM order_event WHERE event_id = @id", new { id = eventId.Value.Value });
        return new StoredOrder(
            [.. connection.Query<OrderEventRow>(
                $"SELECT {OrderEventRow.Columns} FROM order_event WHERE order_id = @id ORDER BY arrival", id).Select(row => row.ToEvent())],
            [.. connection.Query<AttributionRow>("SELECT * FROM attribution WHERE order_id = @id ORDER BY line_no", id)
                .Select(row => row.ToRecord())],
            [.. connection.Query<QuarantineRow>(
                "SELECT seq, content, reason, at FROM quarantine WHERE order_id = @id ORDER BY seq", id)
                .Select(row => row.ToEvent())],
            owner is null ? null : OrderId.Parse(owner));
    });

    public ImmutableArray<LedgerEntry> ReadLedger(MerchantId merchantId, long after, int limit) => Read(connection =>
        connection.Query<LedgerRow>(
            "SELECT * FROM ledger WHERE merchant_id = @merchant AND seq > @after ORDER BY seq LIMIT @limit",
            new { merchant = merchantId.Value, after, limit }).Select(row => row.ToEntry()).ToImmutableArray());

    public LedgerHead ScanLedger(
        MerchantId merchantId, Action<LedgerEntry> visit, CancellationToken cancellationToken) => Read(connection =>
    {
        var merchant = new { merchant = merchantId.Value };
        foreach (var row in connection.Query<LedgerRow>(
            "SELECT * FROM ledger WHERE merchant_id = @merchant ORDER BY seq", merchant, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            visit(row.ToEntry());
        }

        return connection.QuerySingleOrDefault<LedgerHeadRow>(
            "SELECT * FROM ledger_head WHERE merchant_id = @merchant", merchant)?.ToHead()
            ?? LedgerHead.Genesis(merchantId);
    });

    public ImmutableArray<LedgerCheckpoint> ReadCheckpoints(MerchantId merchantId, long after, int limit) =>
        Read(connection => connection.Query<CheckpointRow>(
            "SELECT * FROM checkpoint WHERE merchant_id = @merchant AND seq > @after ORDER BY seq LIMIT @limit",
            new { merchant = merchantId.Value, after, limit }).Select(row => row.ToCheckpoint()).ToImmutableArray());

    public ImmutableArray<ClosedStatement> ReadStatements(MerchantId merchantId, string? after, int limit) =>
        Read(connection => connection.Query<StatementRow>(
            """
            SELECT * FROM statement
            WHERE merchant_id = @merchant AND (CAST(@after AS text) IS NULL OR (closed_at, statement_id) <
                (SELECT closed_at, statement_id FROM statement WHERE merchant_id = @merchant AND statement_id = @after))
            ORDER BY closed_at DESC, statement_id DESC LIMIT @limit
            """,
            new { merchant = merchantId.Value, after, limit }).Select(row => row.ToStatement()).ToImmutableArray());

    public ClosedStatement? ReadStatement(MerchantId merchantId, string id) => Read(connection =>
        connection.QuerySingleOrDefault<StatementRow>(
            "SELECT * FROM statement WHERE merchant_id = @merchant AND statement_id = @id",
            new { merchant = merchantId.Value, id })?.ToStatement());

    public bool ScanAttribution(
        MerchantId merchantId, Action<AttributionRecord> visit, CancellationToken cancellationToken) => Read(connection =>
    {
        foreach (var row in connection.Query<AttributionRow>(
            """
            SELECT * FROM attribution
            WHERE merchant_id = @merchant OR origin_merchant_id = @merchant OR carrier_merchant_id = @merchant
            ORDER BY order_id, line_no
            """,
            new { merchant = merchantId.Value }, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            visit(row.ToRecord());
        }

        return true;
    });

    public bool ScanLog(
        Action<CommerceChange> visitChange, Action<RecordedOrderEvent> visitOrder, CancellationToken cancellationToken) =>
        Read(connection =>
    {
        // Two lists in order, laid into each other; one connection reads one of them at a time, so in pages.
        var changes = new LogPages<EventLogRow>(last => connection.Query<EventLogRow>(
            "SELECT * FROM event_log WHERE seq > @last ORDER BY seq LIMIT @limit",
            new { last, limit = LogPageSize }).AsList());
        var orders = new LogPages<OrderEventRow>(last => connection.Query<OrderEventRow>(
            $"SELECT {OrderEventRow.Columns} FROM order_event WHERE arrival > @last ORDER BY arrival LIMIT @limit",
            new { last, limit = LogPageSize }).AsList());
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = changes.Peek(row => row.Seq);
            var order = orders.Peek(row => row.Arrival);
            if (change is not null && (order is null || change.After_arrival < order.Arrival))
            {
                visitChange(EventLogReader.Read(change.Seq, change.Kind, change.Content));
                changes.Take();
            }
            else if (order is not null)
            {
                visitOrder(order.ToEvent());
                orders.Take();
            }
            else
            {
                return true;
            }
        }
    });

    public ImmutableArray<QuarantinedEvent> ReadQuarantine(long after, int limit) => Read(connection =>
        connection.Query<QuarantineRow>(
            "SELECT seq, content, reason, at FROM quarantine WHERE seq > @after ORDER BY seq LIMIT @limit",
            new { after, limit })
            .Select(row => row.ToEvent()).ToImmutableArray());

    public ImmutableArray<ShareCodeSales> ReadShareCodeSales(
        MerchantId merchantId, DateTimeOffset from, DateTimeOffset to) => Read(connection =>
        connection.Query<ShareCodeSalesRow>(
            """
            SELECT share_code, currency, count(DISTINCT CASE WHEN kind = @sale THEN order_id END) AS orders,
                CAST(sum(CASE WHEN kind = @sale THEN amount_minor ELSE 0 END) AS bigint) AS gross_minor,
                CAST(sum(amount_minor) AS bigint) AS net_minor
            FROM ledger
            WHERE merchant_id = @merchant AND occurred_at >= @from AND occurred_at < @to AND share_code IS NOT NULL
                AND kind IN (@sale, @cancel, @refund)
            GROUP BY share_code, currency
            """,
            new
            {
                merchant = merchantId.Value,
                from = UnixMicros.Of(from),
                to = UnixMicros.Of(to),
                sale = (int)LedgerKind.Sale,
                cancel = (int)LedgerKind.Cancel,
                refund = (int)LedgerKind.Refund,
            }).Select(row => row.ToSales()).ToImmutableArray());

    private static IEnumerable<Conservation> ReadSums(DbConnection connection) => connection.Query<SumRow>(
        """
        SELECT currency, CAST(sum(merchants) AS bigint) AS merchants_minor,
            CAST(sum(unattributed) AS bigint) AS unattributed_minor, CAST(sum(total) AS bigint) AS total_minor
        FROM (
            SELECT currency, amount_minor AS merchants, 0 AS unattributed, 0 AS total FROM ledger
            WHERE currency IS NOT NULL AND kind <> @redemption
            UNION ALL
            SELECT currency, 0, unattributed_minor, total_minor FROM order_sum) AS parts
        GROUP BY currency
        """,
        new { redemption = (int)LedgerKind.Redemption }).Select(row => row.ToSum());

    internal static SpotlightChange ToChange(Commerce.Shelves.Spotlight spotlight) => new(spotlight.RoomId, spotlight);

    /// <summary>Runs a question on a connection of its own, at one moment of the database.</summary>
    public T Read<T>(Func<DbConnection, T> read)
    {
        try
        {
            using var connection = connections.Create();
            connection.Open();
            using var snapshot = connections.BeginSnapshot(connection);
            return read(connection);
        }
        catch (DbException e)
        {
            throw new CommerceStoreException($"The database cannot be read: {e.Message}", e);
        }
    }
}
