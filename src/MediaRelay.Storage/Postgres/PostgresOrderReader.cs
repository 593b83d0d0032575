using Dapper;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Reading;
using MediaRelay.Storage.Rows;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

/// <summary>Reads several orders at one moment of the database, in one way there and back.</summary>
internal sealed class PostgresOrderReader(NpgsqlDataSource source)
{
    private const string Sql =
        $"""
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SELECT event_id, order_id FROM order_event WHERE event_id = ANY(@events);
        SELECT order_id, {OrderEventRow.Columns} FROM order_event WHERE order_id = ANY(@orders) ORDER BY arrival;
        SELECT * FROM attribution WHERE order_id = ANY(@orders) ORDER BY order_id, line_no;
        SELECT order_id, seq, content, reason, at FROM quarantine WHERE order_id = ANY(@orders) ORDER BY seq;
        COMMIT
        """;

    /// <summary>One answer for each question, in their order; throws <see cref="CommerceStoreException"/>.</summary>
    public async Task<IReadOnlyList<StoredOrder>> ReadAsync(IReadOnlyList<OrderQuestion> questions)
    {
        var orders = questions.Select(question => question.OrderId.Value).Distinct(StringComparer.Ordinal).ToArray();
        var events = questions.Where(question => question.EventId is not null)
            .Select(question => question.EventId!.Value.Value).Distinct(StringComparer.Ordinal).ToArray();
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var results = await connection.QueryMultipleAsync(Sql, new { orders, events });
            var owners = (await results.ReadAsync<OwnerRow>()).ToDictionary(
                row => row.Event_id, row => OrderId.Parse(row.Order_id), StringComparer.Ordinal);
            var recorded = await ReadByOrderAsync<OrderEventOfRow>(results, row => row.Order_id);
            var records = await ReadByOrderAsync<AttributionRow>(results, row => row.Order_id);
            var quarantined = await ReadByOrderAsync<QuarantineOfRow>(results, row => row.Order_id);
            return [.. questions.Select(question => new StoredOrder(
                [.. recorded[question.OrderId.Value].Select(row => row.ToEvent())],
                [.. records[question.OrderId.Value].Select(row => row.ToRecord())],
                [.. quarantined[question.OrderId.Value].Select(row => row.ToEvent())],
                question.EventId is { } id && owners.TryGetValue(id.Value, out var owner) ? owner : null))];
        }
        catch (NpgsqlException e)
        {
            throw new CommerceStoreException($"The database cannot be read: {e.Message}", e);
        }
    }

    private static async Task<ILookup<string, TRow>> ReadByOrderAsync<TRow>(SqlMapper.GridReader results, Func<TRow, string> orderOf) =>
        (await results.ReadAsync<TRow>()).ToLookup(orderOf, StringComparer.Ordinal);

    private sealed record OwnerRow(string Event_id, string Order_id);

    private sealed record OrderEventOfRow(
        string Order_id, long State, byte[] Content, long Arrival, long Accepted_at, long? Media_time, string? Speaker_merchant_id)
    {
        public Commerce.Orders.RecordedOrderEvent ToEvent() =>
            new OrderEventRow(State, Content, Arrival, Accepted_at, Media_time, Speaker_merchant_id).ToEvent();
    }

    private sealed record QuarantineOfRow(string Order_id, long Seq, byte[] Content, string Reason, long At)
    {
        public Commerce.Orders.QuarantinedEvent ToEvent() => new QuarantineRow(Seq, Content, Reason, At).ToEvent();
    }
}
