namespace MediaRelay.Commerce.Webhooks;

/// <summary>A webhook that was put.</summary>
/// <param name="NewSecret">Told this once; null when the secret is the one that was told before.</param>
public sealed record WebhookPut(Webhook Webhook, bool IsCreated, string? NewSecret);
