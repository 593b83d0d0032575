using System.Collections.Immutable;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>A webhook was put, disabled, or deleted (null).</summary>
public sealed record WebhookChanged(DateTimeOffset At, WebhookId WebhookId, Webhook? Webhook) : CommerceEvent(At);

/// <summary>Events wait for a webhook.</summary>
/// <param name="Streams">Those that grew, with the number of their last event.</param>
public sealed record OutboxGrew(
    DateTimeOffset At, WebhookId WebhookId, ImmutableArray<(string Stream, long LastSeq)> Streams) : CommerceEvent(At);

/// <summary>Sales or returns changed the board of an hour; only told while somebody listens for it.</summary>
public sealed record LeaderboardChanged(DateTimeOffset At, MerchantId MerchantId, DateTimeOffset Window) : CommerceEvent(At);
