using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Storage.Rows;

namespace MediaRelay.Storage.Reading;

/// <summary>Reports from a database of either kind: it adds up, and gives back what a page can show.</summary>
internal sealed class SqlReportReader(CommerceReader reader) : ReportReader
{
    private const int Sale = (int)LedgerKind.Sale;
    private const int Cancel = (int)LedgerKind.Cancel;
    private const int Refund = (int)LedgerKind.Refund;
    private const int Redemption = (int)LedgerKind.Redemption;
    private const int Referral = (int)LedgerKind.Referral;

    private const string Scope =
        "l.merchant_id = @merchant AND l.carrier_room_id = @room AND l.occurred_at >= @from AND l.occurred_at < @to";

    private static readonly string Money = $"{Scope} AND l.kind IN ({Sale}, {Cancel}, {Refund})";

    private static readonly string Sums =
        $"""
        count(DISTINCT CASE WHEN l.kind = {Sale} THEN l.order_id END) AS orders,
        CAST(sum(CASE WHEN l.kind = {Sale} THEN l.amount_minor ELSE 0 END) AS bigint) AS gross,
        CAST(sum(l.amount_minor) AS bigint) AS net
        """;

    public override Task<ImmutableArray<Show>> ReadShowsAsync(RoomId roomId, CancellationToken cancellationToken) => Task.Run(
        () => reader.Read(connection => connection.Query<ShowRow>(
            "SELECT * FROM show WHERE room_id = @room ORDER BY started_at", new { room = roomId.Value })
            .Select(row => row.ToShow()).ToImmutableArray()),
        cancellationToken);

    public override Task<ReportFigures> ReadAsync(ReportScope scope, CancellationToken cancellationToken) =>
        Task.Run(() => reader.Read(connection => Read(connection, scope)), cancellationToken);

    private static ReportFigures Read(DbConnection connection, ReportScope scope)
    {
        var parameters = new
        {
            merchant = scope.MerchantId.Value,
            room = scope.RoomId.Value,
            from = scope.From is { } from ? UnixMicros.Of(from) : long.MinValue,
            to = scope.To is { } to ? UnixMicros.Of(to) : long.MaxValue,
            show = scope.Show?.Id.Value ?? "",
            limit = MaxRows,
            isOwner = scope.IsOwner ? 1 : 0,
        };
        var codes = connection.Query<CodeFiguresRow>(
            $"""
            SELECT l.share_code, l.currency, max(s.guide_id) AS guide_id, max(s.store_id) AS store_id, {Sums}
            FROM ledger l LEFT JOIN share_code s ON s.code = l.share_code AND s.merchant_id = l.merchant_id
            WHERE {Money} AND l.share_code IS NOT NULL GROUP BY l.share_code, l.currency
            ORDER BY net DESC, l.share_code, l.currency LIMIT @limit
            """,
            parameters).ToList();
        return new ReportFigures(
            ReadFigures(connection, scope, parameters, codes),
            [.. connection.Query<SalesMinuteRow>(
                $"""
                SELECT l.occurred_at / 60000000 AS minute, l.currency, {Sums} FROM ledger l WHERE {Money}
                GROUP BY l.occurred_at / 60000000, l.currency ORDER BY minute, l.currency LIMIT 10000
                """,
                parameters).Select(row => row.ToMinute())],
            [.. connection.Query<OverlaySalesRow>(
                $"""
                SELECT a.overlay_seq, l.currency, {Sums}
                FROM ledger l JOIN attribution a ON a.order_id = l.order_id AND a.line_no = l.line_no
                WHERE {Money} AND a.overlay_seq IS NOT NULL GROUP BY a.overlay_seq, l.currency
                ORDER BY net DESC, a.overlay_seq, l.currency LIMIT @limit
                """,
                parameters).Select(row => row.ToSales())],
            [.. codes.Select(row => row.ToSales())],
            [.. connection.Query<ShowSampleRow>(
                "SELECT * FROM show_sample WHERE show_id = @show AND @isOwner = 1 ORDER BY at", parameters).Select(row => row.ToSample())],
            [.. connection.Query<ShowCountRow>(
                """
                SELECT * FROM show_count WHERE show_id = @show AND merchant_id = @merchant
                ORDER BY subject, total DESC, name LIMIT 4000
                """,
                parameters).Select(row => row.ToCount())],
            [.. connection.Query<ShowMomentRow>(
                """
                SELECT * FROM show_moment
                WHERE show_id = @show AND (merchant_id = @merchant OR (merchant_id = '' AND (@isOwner = 1 OR kind IN ('began', 'ended'))))
                ORDER BY at, kind, subject LIMIT 10000
                """,
                parameters).Select(row => row.ToMoment())]);
    }

    private static LedgerFigures ReadFigures(
        DbConnection connection, ReportScope scope, object parameters, IReadOnlyList<CodeFiguresRow> codes)
    {
        var totals = connection.QuerySingle<LedgerTotalsRow>(
            $"""
            SELECT count(*) AS entries, count(DISTINCT CASE WHEN l.kind = {Sale} THEN l.order_id END) AS orders,
                count(CASE WHEN l.kind = {Sale} THEN 1 END) AS lines,
                count(CASE WHEN l.kind = {Sale} AND l.origin_room_id <> l.carrier_room_id THEN 1 END) AS came_from_elsewhere,
                count(CASE WHEN l.kind = {Referral} THEN 1 END) AS referrals,
                count(CASE WHEN l.kind = {Redemption} THEN 1 END) AS redemptions,
                min(l.occurred_at) AS from_at, max(l.occurred_at) AS to_at
            FROM ledger l WHERE {Scope}
            """,
            parameters);
        var head = connection.QuerySingleOrDefault<LedgerHeadRow>("SELECT * FROM ledger_head WHERE merchant_id = @merchant", parameters);
        return new LedgerFigures(
            scope.MerchantId, null, scope.RoomId, totals.Entries, totals.Orders, totals.Lines, totals.Came_from_elsewhere, totals.Referrals,
            totals.Redemptions,
            [.. connection.Query<CurrencyFiguresRow>(
                $"""
                SELECT l.currency, CAST(sum(CASE WHEN l.kind = {Sale} THEN l.amount_minor ELSE 0 END) AS bigint) AS gross,
                    CAST(sum(CASE WHEN l.kind = {Cancel} THEN -l.amount_minor ELSE 0 END) AS bigint) AS cancelled,
                    CAST(sum(CASE WHEN l.kind = {Refund} THEN -l.amount_minor ELSE 0 END) AS bigint) AS refunded,
                    CAST(sum(CASE WHEN l.kind = {Redemption} THEN l.amount_minor ELSE 0 END) AS bigint) AS redeemed
                FROM ledger l WHERE {Scope} AND l.currency IS NOT NULL GROUP BY l.currency ORDER BY l.currency
                """,
                parameters).Select(row => row.ToFigures())],
            [.. connection.Query<ItemFiguresRow>(
                $"""
                SELECT l.item_id, l.currency, CAST(sum(CASE WHEN l.kind = {Sale} THEN l.quantity ELSE 0 END) AS bigint) AS sold,
                    CAST(sum(CASE WHEN l.kind <> {Sale} THEN -l.quantity ELSE 0 END) AS bigint) AS returned,
                    CAST(sum(CASE WHEN l.kind = {Sale} THEN l.amount_minor ELSE 0 END) AS bigint) AS gross,
                    CAST(sum(l.amount_minor) AS bigint) AS net
                FROM ledger l WHERE {Money} GROUP BY l.item_id, l.currency ORDER BY l.item_id, l.currency LIMIT @limit
                """,
                parameters).Select(row => row.ToFigures())],
            [.. codes.OrderBy(row => row.Share_code, StringComparer.Ordinal).ThenBy(row => row.Currency, StringComparer.Ordinal)
                .Select(row => row.ToFigures())],
            totals.From_at is { } from ? UnixMicros.ToTime(from) : null,
            totals.To_at is { } to ? UnixMicros.ToTime(to) : null,
            head?.ToHead() ?? LedgerHead.Genesis(scope.MerchantId));
    }
}
