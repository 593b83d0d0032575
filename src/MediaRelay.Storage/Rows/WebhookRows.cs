using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Storage.Rows;

internal sealed record WebhookRow(
    string Webhook_id, string Url, string Events, string? Merchant_id, string Key, string Secret, string? Previous_secret,
    long? Previous_secret_ends_at, long Created_at, long? Disabled_at)
{
    public Webhook ToWebhook() => new(
        WebhookId.Parse(Webhook_id), Url, [.. Events.Split(' ')], Merchant_id is null ? null : MerchantId.Parse(Merchant_id), Key,
        Secret, Previous_secret, Time(Previous_secret_ends_at), UnixMicros.ToTime(Created_at), Time(Disabled_at));

    private static DateTimeOffset? Time(long? micros) => micros is { } value ? UnixMicros.ToTime(value) : null;
}

internal sealed record OutboxStreamRow(
    string Webhook_id, string Stream, long Last_seq, long Waiting, long Waiting_bytes, long Waiting_other)
{
    public OutboxStream ToStream() =>
        new(WebhookId.Parse(Webhook_id), Stream, Last_seq, Waiting, Waiting_bytes, Waiting_other);
}

internal sealed record OutboxRow(
    string Webhook_id, string Stream, long Seq, string Type, long Is_money, long At, byte[] Body)
{
    public OutboxEntry ToEntry() =>
        new(WebhookId.Parse(Webhook_id), Stream, Seq, Type, Is_money != 0, UnixMicros.ToTime(At), Body);
}
