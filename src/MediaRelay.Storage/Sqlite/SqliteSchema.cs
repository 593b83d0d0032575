using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.State;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>
/// The tables, as a list of steps; <c>PRAGMA user_version</c> counts the steps taken. Steps are only ever added. Times
/// are Unix microseconds, enumerations are the numbers of their types.
/// </summary>
internal static class SqliteSchema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID, STRICT;

        CREATE TABLE merchant (merchant_id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID, STRICT;

        CREATE TABLE room (
            room_id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, title TEXT NOT NULL, orientation INTEGER NOT NULL,
            is_public INTEGER NOT NULL, video_codec INTEGER, created_at INTEGER NOT NULL, is_deleted INTEGER NOT NULL)
            WITHOUT ROWID, STRICT;

        CREATE TABLE show (
            show_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER)
            WITHOUT ROWID, STRICT;
        CREATE INDEX show_running ON show (room_id) WHERE ended_at IS NULL;

        CREATE TABLE shelf_item (
            merchant_id TEXT NOT NULL, item_id TEXT NOT NULL, title TEXT NOT NULL, price_minor INTEGER NOT NULL,
            currency TEXT NOT NULL,
            stock INTEGER NOT NULL, image_url TEXT, url TEXT, position INTEGER NOT NULL, arrival INTEGER NOT NULL,
            version INTEGER NOT NULL, is_removed INTEGER NOT NULL, PRIMARY KEY (merchant_id, item_id)) WITHOUT ROWID,
            STRICT;

        CREATE TABLE spotlight (
            room_id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, item_id TEXT NOT NULL, since INTEGER NOT NULL)
            WITHOUT ROWID, STRICT;

        -- content: rooms, layout and consents as JSON (CoHostContent).
        CREATE TABLE cohost (
            cohost_id TEXT PRIMARY KEY, state INTEGER NOT NULL, content TEXT NOT NULL, invited_by TEXT,
            invited_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL, active_at INTEGER, ended_at INTEGER, idempotency_key TEXT UNIQUE,
            request_content TEXT
            ) WITHOUT ROWID, STRICT;

        -- content: OrderEventCodec.
        CREATE TABLE order_event (
            order_id TEXT NOT NULL, event_key TEXT NOT NULL, event_id TEXT UNIQUE, state INTEGER NOT NULL,
            content BLOB NOT NULL,
            arrival INTEGER NOT NULL UNIQUE, accepted_at INTEGER NOT NULL, PRIMARY KEY (order_id, event_key))
            WITHOUT ROWID, STRICT;

        CREATE TABLE attribution (
            order_id TEXT NOT NULL, line_no INTEGER NOT NULL, merchant_id TEXT NOT NULL, item_id TEXT NOT NULL,
            origin_room_id TEXT NOT NULL, origin_merchant_id TEXT NOT NULL, is_origin_claimed INTEGER NOT NULL,
            carrier_room_id TEXT NOT NULL,
            cohost_id TEXT, share_code TEXT, store_id TEXT, guide_id TEXT, share_depth INTEGER NOT NULL,
            click INTEGER NOT NULL,
            overlay_seq INTEGER, media_time INTEGER, policy_version INTEGER NOT NULL, occurred_at INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (order_id, line_no)) WITHOUT ROWID, STRICT;

        CREATE TABLE ledger (
            merchant_id TEXT NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, order_id TEXT NOT NULL,
            line_no INTEGER NOT NULL,
            item_id TEXT, quantity INTEGER, amount_minor INTEGER, currency TEXT, origin_room_id TEXT NOT NULL,
            carrier_room_id TEXT NOT NULL,
            cohost_id TEXT, share_code TEXT, media_time INTEGER, occurred_at INTEGER NOT NULL, at INTEGER NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (merchant_id, seq)) WITHOUT ROWID, STRICT;
        CREATE INDEX ledger_by_share ON ledger (merchant_id, occurred_at, share_code) WHERE share_code IS NOT NULL;

        -- The ledger only grows: whoever writes SQL by hand has to remove these first.
        CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

        CREATE TABLE ledger_head (merchant_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL)
            WITHOUT ROWID, STRICT;

        CREATE TABLE quarantine (
            seq INTEGER PRIMARY KEY, order_id TEXT NOT NULL, content BLOB NOT NULL, reason TEXT NOT NULL,
            at INTEGER NOT NULL) STRICT;
        CREATE INDEX quarantine_by_order ON quarantine (order_id);

        CREATE TABLE order_sum (
            currency TEXT PRIMARY KEY, total_minor INTEGER NOT NULL, unattributed_minor INTEGER NOT NULL)
            WITHOUT ROWID, STRICT;

        CREATE TABLE share_code (
            code TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, store_id TEXT NOT NULL, guide_id TEXT NOT NULL,
            parent_code TEXT
            ) WITHOUT ROWID, STRICT;

        CREATE TABLE viewer_touch (
            viewer_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, share_code TEXT, at INTEGER NOT NULL) WITHOUT ROWID,
            STRICT;
        CREATE INDEX viewer_touch_by_time ON viewer_touch (at);
        """,
    ];

    /// <summary>Brings a database up to date in one transaction; throws for one that a newer version wrote.</summary>
    public static void Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        if (version > Steps.Length)
        {
            throw new CommerceStoreException(
                $"The database has schema version {version}; this program knows up to {Steps.Length}. Use the newer program.");
        }

        for (var step = (int)version; step < Steps.Length; step++)
        {
            command.CommandText = Steps[step];
            command.ExecuteNonQuery();
        }

        if (version == 0)
        {
            command.CommandText = "INSERT INTO meta (key, value) VALUES ('click_token_key', $key)";
            command.Parameters.AddWithValue(
                "$key", System.Security.Cryptography.RandomNumberGenerator.GetBytes(ClickTokens.KeyLength));
            command.ExecuteNonQuery();
        }

        command.CommandText = $"PRAGMA user_version = {Steps.Length}";
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
