using System.Collections.Immutable;
using Dapper;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Storage.Rows;

namespace MediaRelay.Storage.Reading;

/// <summary>Reads outboxes from a database of either kind.</summary>
internal sealed class SqlOutboxReader(CommerceReader reader) : OutboxReader
{
    public override Task<ImmutableArray<OutboxEntry>> ReadAsync(
        WebhookId webhookId, string stream, long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(
            () => reader.Read(connection => connection.Query<OutboxRow>(
                "SELECT * FROM outbox WHERE webhook_id = @webhook AND stream = @stream AND seq > @after ORDER BY seq LIMIT @limit",
                new { webhook = webhookId.Value, stream, after, limit }).Select(row => row.ToEntry()).ToImmutableArray()),
            cancellationToken);

    public override Task<ImmutableArray<OutboxEntry>> ReadOldestOtherAsync(
        WebhookId webhookId, int limit, CancellationToken cancellationToken) =>
        Task.Run(
            () => reader.Read(connection => connection.Query<OutboxRow>(
                "SELECT * FROM outbox WHERE webhook_id = @webhook AND is_money = 0 ORDER BY at LIMIT @limit",
                new { webhook = webhookId.Value, limit }).Select(row => row.ToEntry()).ToImmutableArray()),
            cancellationToken);

    public override Task<DateTimeOffset?> ReadOldestAtAsync(WebhookId webhookId, CancellationToken cancellationToken) =>
        Task.Run(
            () => reader.Read(connection =>
            {
                // One question for either kind of entry, so that each finds its answer at the beginning of the index.
                var ages = Enumerable.Range(0, 2).Select(isMoney => connection.QuerySingle<long?>(
                    "SELECT min(at) FROM outbox WHERE webhook_id = @webhook AND is_money = @isMoney",
                    new { webhook = webhookId.Value, isMoney }));
                return ages.Min() is { } oldest ? UnixMicros.ToTime(oldest) : (DateTimeOffset?)null;
            }),
            cancellationToken);
}
