namespace MediaRelay.Commerce.Webhooks;

/// <summary>What waits for a webhook: events, bytes of their bodies, and events that may be shed.</summary>
public readonly record struct OutboxBacklog(long Events, long Bytes, long Other);
