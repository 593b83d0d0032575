using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.State;

/// <summary>A webhook was made, changed, or disabled.</summary>
public sealed record WebhookChange(Webhook Webhook) : CommerceChange;

/// <summary>A webhook is gone, with everything that waited for it.</summary>
public sealed record WebhookDeletedChange(WebhookId WebhookId) : CommerceChange;

/// <summary>An event waits for a webhook.</summary>
public sealed record OutboxAppendedChange(OutboxEntry Entry) : CommerceChange;

/// <summary>The events of a stream up to and with a number have been taken by the receiver.</summary>
public sealed record OutboxDeliveredChange(WebhookId WebhookId, string Stream, long UpToSeq) : CommerceChange;

/// <summary>An event was given up for lack of room.</summary>
public sealed record OutboxShedChange(WebhookId WebhookId, string Stream, long Seq) : CommerceChange;

/// <summary>What a stream has come to.</summary>
public sealed record OutboxStreamChange(OutboxStream Stream) : CommerceChange;
