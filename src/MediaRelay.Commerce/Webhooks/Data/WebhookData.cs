namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary>What an event says beyond the envelope: member <c>data</c> of the JSON, in camel case.</summary>
public abstract record WebhookData;
