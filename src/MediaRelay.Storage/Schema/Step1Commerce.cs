namespace MediaRelay.Storage.Schema;

/// <summary>
/// Merchants, rooms, shelves, co-hosting, orders, ledgers, share codes. Times are Unix microseconds, enumerations are the
/// numbers of their types.
/// </summary>
internal static class Step1Commerce
{
    public static string Sql(SqlDialect d) =>
        $"""
        CREATE TABLE meta (key {d.Text} PRIMARY KEY, value {d.Blob} NOT NULL) {d.TableOptions};

        CREATE TABLE merchant (merchant_id {d.Text} PRIMARY KEY, name {d.Text} NOT NULL) {d.TableOptions};

        CREATE TABLE room (
            room_id {d.Text} PRIMARY KEY, merchant_id {d.Text} NOT NULL, title {d.Text} NOT NULL,
            orientation {d.Integer} NOT NULL, is_public {d.Integer} NOT NULL, video_codec {d.Integer},
            created_at {d.Integer} NOT NULL, is_deleted {d.Integer} NOT NULL) {d.TableOptions};

        CREATE TABLE show (
            show_id {d.Text} PRIMARY KEY, room_id {d.Text} NOT NULL, started_at {d.Integer} NOT NULL,
            ended_at {d.Integer}) {d.TableOptions};
        CREATE INDEX show_running ON show (room_id) WHERE ended_at IS NULL;

        CREATE TABLE shelf_item (
            merchant_id {d.Text} NOT NULL, item_id {d.Text} NOT NULL, title {d.Text} NOT NULL,
            price_minor {d.Integer} NOT NULL, currency {d.Text} NOT NULL, stock {d.Integer} NOT NULL,
            image_url {d.Text}, url {d.Text}, position {d.Integer} NOT NULL, arrival {d.Integer} NOT NULL,
            version {d.Integer} NOT NULL, is_removed {d.Integer} NOT NULL,
            PRIMARY KEY (merchant_id, item_id)) {d.TableOptions};

        CREATE TABLE spotlight (
            room_id {d.Text} PRIMARY KEY, merchant_id {d.Text} NOT NULL, item_id {d.Text} NOT NULL,
            since {d.Integer} NOT NULL) {d.TableOptions};

        -- content: rooms, layout and consents as JSON (CoHostContent).
        CREATE TABLE cohost (
            cohost_id {d.Text} PRIMARY KEY, state {d.Integer} NOT NULL, content {d.Text} NOT NULL,
            invited_by {d.Text}, invited_at {d.Integer} NOT NULL, expires_at {d.Integer} NOT NULL,
            active_at {d.Integer}, ended_at {d.Integer}, idempotency_key {d.Text} UNIQUE,
            request_content {d.Text}) {d.TableOptions};

        -- content: OrderEventCodec.
        CREATE TABLE order_event (
            order_id {d.Text} NOT NULL, event_key {d.Text} NOT NULL, event_id {d.Text} UNIQUE,
            state {d.Integer} NOT NULL, content {d.Blob} NOT NULL, arrival {d.Integer} NOT NULL UNIQUE,
            accepted_at {d.Integer} NOT NULL,
            PRIMARY KEY (order_id, event_key)) {d.TableOptions};

        CREATE TABLE attribution (
            order_id {d.Text} NOT NULL, line_no {d.Integer} NOT NULL, merchant_id {d.Text} NOT NULL,
            item_id {d.Text} NOT NULL, origin_room_id {d.Text} NOT NULL, origin_merchant_id {d.Text} NOT NULL,
            is_origin_claimed {d.Integer} NOT NULL, carrier_room_id {d.Text} NOT NULL, cohost_id {d.Text},
            share_code {d.Text}, store_id {d.Text}, guide_id {d.Text}, share_depth {d.Integer} NOT NULL,
            click {d.Integer} NOT NULL, overlay_seq {d.Integer}, media_time {d.Integer},
            policy_version {d.Integer} NOT NULL, occurred_at {d.Integer} NOT NULL, at {d.Integer} NOT NULL,
            PRIMARY KEY (order_id, line_no)) {d.TableOptions};

        CREATE TABLE ledger (
            merchant_id {d.Text} NOT NULL, seq {d.Integer} NOT NULL, kind {d.Integer} NOT NULL,
            order_id {d.Text} NOT NULL, line_no {d.Integer} NOT NULL, item_id {d.Text}, quantity {d.Integer},
            amount_minor {d.Integer}, currency {d.Text}, origin_room_id {d.Text} NOT NULL,
            carrier_room_id {d.Text} NOT NULL, cohost_id {d.Text}, share_code {d.Text}, media_time {d.Integer},
            occurred_at {d.Integer} NOT NULL, at {d.Integer} NOT NULL, hash {d.Text} NOT NULL,
            PRIMARY KEY (merchant_id, seq)) {d.TableOptions};
        CREATE INDEX ledger_by_share ON ledger (merchant_id, occurred_at, share_code) WHERE share_code IS NOT NULL;
        {d.MakeAppendOnly("ledger")}

        CREATE TABLE ledger_head (
            merchant_id {d.Text} PRIMARY KEY, seq {d.Integer} NOT NULL, hash {d.Text} NOT NULL) {d.TableOptions};

        CREATE TABLE quarantine (
            seq {d.Integer} PRIMARY KEY, order_id {d.Text} NOT NULL, content {d.Blob} NOT NULL,
            reason {d.Text} NOT NULL, at {d.Integer} NOT NULL) {d.TableOptions};
        CREATE INDEX quarantine_by_order ON quarantine (order_id);

        CREATE TABLE order_sum (
            currency {d.Text} PRIMARY KEY, total_minor {d.Integer} NOT NULL,
            unattributed_minor {d.Integer} NOT NULL) {d.TableOptions};

        CREATE TABLE share_code (
            code {d.Text} PRIMARY KEY, merchant_id {d.Text} NOT NULL, store_id {d.Text} NOT NULL,
            guide_id {d.Text} NOT NULL, parent_code {d.Text}) {d.TableOptions};

        CREATE TABLE viewer_touch (
            viewer_id {d.Text} PRIMARY KEY, room_id {d.Text} NOT NULL, share_code {d.Text},
            at {d.Integer} NOT NULL) {d.TableOptions};
        CREATE INDEX viewer_touch_by_time ON viewer_touch (at);
        """;
}
