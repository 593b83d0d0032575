namespace MediaRelay.Storage.Schema;

/// <summary>What reports are made of beyond the ledgers: audiences, counts, and what was shown when.</summary>
internal static class Step5Reports
{
    public static string Sql(SqlDialect d) =>
        $"""
        CREATE TABLE show_sample (
            show_id {d.Text} NOT NULL, at {d.Integer} NOT NULL, viewers {d.Integer} NOT NULL, joins {d.Integer} NOT NULL,
            likes {d.Integer} NOT NULL, comments {d.Integer} NOT NULL, shares {d.Integer} NOT NULL, follows {d.Integer} NOT NULL,
            favorites {d.Integer} NOT NULL, add_to_carts {d.Integer} NOT NULL, clicks {d.Integer} NOT NULL,
            PRIMARY KEY (show_id, at)) {d.TableOptions};

        CREATE TABLE show_count (
            show_id {d.Text} NOT NULL, subject {d.Integer} NOT NULL, merchant_id {d.Text} NOT NULL, name {d.Text} NOT NULL,
            total {d.Integer} NOT NULL,
            PRIMARY KEY (show_id, subject, merchant_id, name)) {d.TableOptions};

        -- merchant_id is empty for what all in the picture share.
        CREATE TABLE show_moment (
            show_id {d.Text} NOT NULL, at {d.Integer} NOT NULL, kind {d.Text} NOT NULL, subject {d.Text} NOT NULL,
            merchant_id {d.Text} NOT NULL, detail {d.Text} NOT NULL, media_time {d.Integer},
            PRIMARY KEY (show_id, at, kind, subject, merchant_id)) {d.TableOptions};

        CREATE INDEX show_by_room ON show (room_id, started_at);
        """;
}
