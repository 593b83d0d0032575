namespace MediaRelay.Commerce.Webhooks;

/// <summary>What a delivery wants done next: entries of a stream to be read, or one to be sent.</summary>
/// <param name="After">Read what has a higher number, at most <see cref="WebhookDelivery.Window"/> entries.</param>
/// <param name="Entry">What is to be sent; null: to be read.</param>
public readonly record struct DeliveryStep(string Stream, long After, OutboxEntry? Entry);
