namespace MediaRelay.Storage.Schema;

/// <summary>
/// What proves a ledger: signed checkpoints and their keys, closed statements, fuller facts of orders, and the log from
/// which all of it can be made again.
/// </summary>
internal static class Step2Evidence
{
    public static string Sql(SqlDialect d) =>
        $"""
        ALTER TABLE order_event ADD COLUMN media_time {d.Integer};
        ALTER TABLE order_event ADD COLUMN speaker_merchant_id {d.Text};

        ALTER TABLE attribution ADD COLUMN overlay_type {d.Text};
        ALTER TABLE attribution ADD COLUMN tile_merchant_id {d.Text};
        ALTER TABLE attribution ADD COLUMN speaker_merchant_id {d.Text};
        ALTER TABLE attribution ADD COLUMN share_chain {d.Text};
        ALTER TABLE attribution ADD COLUMN clicked_at {d.Integer};
        ALTER TABLE attribution ADD COLUMN carrier_merchant_id {d.Text};

        CREATE TABLE ledger_key (
            key_id {d.Text} PRIMARY KEY, x {d.Text} NOT NULL, y {d.Text} NOT NULL,
            since {d.Integer} NOT NULL) {d.TableOptions};
        {d.MakeAppendOnly("ledger_key")}

        CREATE TABLE checkpoint (
            merchant_id {d.Text} NOT NULL, seq {d.Integer} NOT NULL, head {d.Text} NOT NULL, at {d.Integer} NOT NULL,
            key_id {d.Text} NOT NULL, signature {d.Text} NOT NULL,
            PRIMARY KEY (merchant_id, seq)) {d.TableOptions};
        {d.MakeAppendOnly("checkpoint")}

        CREATE TABLE statement (
            merchant_id {d.Text} NOT NULL, statement_id {d.Text} NOT NULL, scope {d.Integer} NOT NULL,
            room_id {d.Text}, from_at {d.Integer} NOT NULL, closed_at {d.Integer} NOT NULL,
            head_seq {d.Integer} NOT NULL, head {d.Text} NOT NULL, policy_version {d.Integer} NOT NULL,
            digest {d.Text},
            PRIMARY KEY (merchant_id, statement_id)) {d.TableOptions};
        CREATE INDEX statement_by_time ON statement (merchant_id, closed_at);
        CREATE INDEX statement_unsealed ON statement (closed_at) WHERE digest IS NULL;

        -- One row per change of what decisions rest on, in the order of commits; after_arrival is the last order event
        -- before it. kind names the table, content is the row as a JSON array.
        CREATE TABLE event_log (
            seq {d.Integer} PRIMARY KEY, after_arrival {d.Integer} NOT NULL, kind {d.Text} NOT NULL,
            content {d.Text} NOT NULL) {d.TableOptions};
        {d.MakeAppendOnly("event_log")}
        """;
}
