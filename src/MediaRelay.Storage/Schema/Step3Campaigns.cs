namespace MediaRelay.Storage.Schema;

/// <summary>Coupons, flash sales, bargains and draws with those who take part, and the likes of rooms.</summary>
internal static class Step3Campaigns
{
    public static string Sql(SqlDialect d) =>
        $"""
        -- content: CampaignContent.
        CREATE TABLE campaign (
            merchant_id {d.Text} NOT NULL, kind {d.Integer} NOT NULL, campaign_id {d.Text} NOT NULL,
            state {d.Integer} NOT NULL, content {d.Text} NOT NULL, seed {d.Blob} NOT NULL, opened_at {d.Integer} NOT NULL,
            PRIMARY KEY (merchant_id, kind, campaign_id)) {d.TableOptions};

        CREATE TABLE participation (
            merchant_id {d.Text} NOT NULL, kind {d.Integer} NOT NULL, campaign_id {d.Text} NOT NULL,
            number {d.Integer} NOT NULL, viewer_id {d.Text} NOT NULL, at {d.Integer} NOT NULL,
            PRIMARY KEY (merchant_id, kind, campaign_id, number)) {d.TableOptions};

        CREATE TABLE room_likes (room_id {d.Text} PRIMARY KEY, likes {d.Integer} NOT NULL) {d.TableOptions};
        """;
}
