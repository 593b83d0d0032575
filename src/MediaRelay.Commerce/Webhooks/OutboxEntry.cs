using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>One event that waits for one webhook.</summary>
/// <param name="Stream">Events of one stream are delivered in order (<see cref="WebhookNotice.Stream"/>).</param>
/// <param name="Seq">Counts the stream's events, from 1.</param>
/// <param name="IsMoney">Never shed.</param>
/// <param name="Body">The JSON that is sent.</param>
public sealed record OutboxEntry(
    WebhookId WebhookId, string Stream, long Seq, string Type, bool IsMoney, DateTimeOffset At, byte[] Body);
