using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>One webhook's events of one room (or merchant): how many there were, and what waits.</summary>
/// <param name="LastSeq">Number of the last event; the next is one higher, also when it is shed.</param>
/// <param name="Waiting">Events in the outbox.</param>
/// <param name="WaitingBytes">Bytes of their bodies.</param>
/// <param name="WaitingOther">Those of them that may be shed.</param>
public sealed record OutboxStream(
    WebhookId WebhookId, string Stream, long LastSeq, long Waiting, long WaitingBytes, long WaitingOther)
{
    internal OutboxStream Add(OutboxEntry entry) => this with
    {
        Waiting = Waiting + 1,
        WaitingBytes = WaitingBytes + entry.Body.Length,
        WaitingOther = WaitingOther + (entry.IsMoney ? 0 : 1),
    };

    // Never below nothing: a removal whose answer was lost is asked for twice.
    internal OutboxStream Remove(long events, long bytes, long other) => this with
    {
        Waiting = Math.Max(0, Waiting - events),
        WaitingBytes = Math.Max(0, WaitingBytes - bytes),
        WaitingOther = Math.Max(0, WaitingOther - other),
    };
}
