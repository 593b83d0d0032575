namespace MediaRelay.Storage.Schema;

/// <summary>Webhooks and what waits for them.</summary>
internal static class Step4Webhooks
{
    public static string Sql(SqlDialect d) =>
        $"""
        -- events: the patterns, with spaces between them.
        CREATE TABLE webhook (
            webhook_id {d.Text} PRIMARY KEY, url {d.Text} NOT NULL, events {d.Text} NOT NULL, merchant_id {d.Text},
            key {d.Text} NOT NULL, secret {d.Text} NOT NULL, previous_secret {d.Text},
            previous_secret_ends_at {d.Integer}, created_at {d.Integer} NOT NULL,
            disabled_at {d.Integer}) {d.TableOptions};

        CREATE TABLE outbox_stream (
            webhook_id {d.Text} NOT NULL, stream {d.Text} NOT NULL, last_seq {d.Integer} NOT NULL,
            waiting {d.Integer} NOT NULL, waiting_bytes {d.Integer} NOT NULL, waiting_other {d.Integer} NOT NULL,
            PRIMARY KEY (webhook_id, stream)) {d.TableOptions};

        CREATE TABLE outbox (
            webhook_id {d.Text} NOT NULL, stream {d.Text} NOT NULL, seq {d.Integer} NOT NULL, type {d.Text} NOT NULL,
            is_money {d.Integer} NOT NULL, at {d.Integer} NOT NULL, body {d.Blob} NOT NULL,
            PRIMARY KEY (webhook_id, stream, seq)) {d.TableOptions};
        CREATE INDEX outbox_by_age ON outbox (webhook_id, is_money, at);
        """;
}
