namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>ledger.checkpoint</c>: the head of the merchant's chain was signed.</summary>
public sealed record CheckpointData(long LedgerSeq, string Head, DateTimeOffset SignedAt, string KeyId, string Signature) : WebhookData;
