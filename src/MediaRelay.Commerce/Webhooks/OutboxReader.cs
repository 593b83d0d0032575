using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>Reads what waits in a store. Thread-safe; throws <see cref="CommerceStoreException"/> when it cannot.</summary>
public abstract class OutboxReader
{
    /// <summary>At most <paramref name="limit"/> entries of a stream with a number above <paramref name="after"/>, in order.</summary>
    public abstract Task<ImmutableArray<OutboxEntry>> ReadAsync(
        WebhookId webhookId, string stream, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The oldest entries that may be shed.</summary>
    public abstract Task<ImmutableArray<OutboxEntry>> ReadOldestOtherAsync(
        WebhookId webhookId, int limit, CancellationToken cancellationToken);

    /// <summary>When the oldest entry was accepted; null when nothing waits.</summary>
    public abstract Task<DateTimeOffset?> ReadOldestAtAsync(WebhookId webhookId, CancellationToken cancellationToken);
}
