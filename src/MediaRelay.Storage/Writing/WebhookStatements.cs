using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;
using static MediaRelay.Storage.Writing.SqlText;

namespace MediaRelay.Storage.Writing;

/// <summary>The rows that changes of webhooks and their outboxes become.</summary>
internal static class WebhookStatements
{
    private static readonly string PutWebhook = Upsert(
        "webhook",
        "webhook_id, url, events, merchant_id, key, secret, previous_secret, previous_secret_ends_at, created_at, disabled_at",
        key: "webhook_id");

    private static readonly string PutStream = Upsert(
        "outbox_stream", "webhook_id, stream, last_seq, waiting, waiting_bytes, waiting_other", key: "webhook_id, stream");

    private static readonly string AddEntry = Insert("outbox", "webhook_id, stream, seq, type, is_money, at, body");

    /// <summary>Runs a change's statements; false when it is of another kind.</summary>
    public static bool TryWrite(CommerceChange change, IStatementSink sink)
    {
        switch (change)
        {
            case WebhookChange { Webhook: var webhook }: Write(webhook, sink); return true;
            case WebhookDeletedChange { WebhookId: var id }: Delete(id, sink); return true;
            case OutboxAppendedChange { Entry: var entry }: Write(entry, sink); return true;
            case OutboxStreamChange { Stream: var stream }: Write(stream, sink); return true;
            case OutboxDeliveredChange delivered:
                sink.Run(
                    "DELETE FROM outbox WHERE webhook_id = $1 AND stream = $2 AND seq <= $3",
                    delivered.WebhookId.Value, delivered.Stream, delivered.UpToSeq);
                return true;
            case OutboxShedChange shed:
                sink.Run(
                    "DELETE FROM outbox WHERE webhook_id = $1 AND stream = $2 AND seq = $3",
                    shed.WebhookId.Value, shed.Stream, shed.Seq);
                return true;
            default: return false;
        }
    }

    private static void Write(Webhook webhook, IStatementSink sink) => sink.Run(
        PutWebhook, webhook.Id.Value, webhook.Url, string.Join(' ', webhook.Events), webhook.MerchantId?.Value, webhook.Key,
        webhook.Secret, webhook.PreviousSecret, Micros(webhook.PreviousSecretEndsAt), UnixMicros.Of(webhook.CreatedAt),
        Micros(webhook.DisabledAt));

    private static void Delete(WebhookId id, IStatementSink sink)
    {
        sink.Run("DELETE FROM outbox WHERE webhook_id = $1", id.Value);
        sink.Run("DELETE FROM outbox_stream WHERE webhook_id = $1", id.Value);
        sink.Run("DELETE FROM webhook WHERE webhook_id = $1", id.Value);
    }

    private static void Write(OutboxEntry entry, IStatementSink sink) => sink.Run(
        AddEntry, entry.WebhookId.Value, entry.Stream, entry.Seq, entry.Type, entry.IsMoney, UnixMicros.Of(entry.At), entry.Body);

    private static void Write(OutboxStream stream, IStatementSink sink) => sink.Run(
        PutStream, stream.WebhookId.Value, stream.Stream, stream.LastSeq, stream.Waiting, stream.WaitingBytes, stream.WaitingOther);

    private static long? Micros(DateTimeOffset? time) => time is { } value ? UnixMicros.Of(value) : null;
}
