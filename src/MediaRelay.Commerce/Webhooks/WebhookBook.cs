using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>The webhooks and their streams as a sequence of changes left them. Not thread-safe.</summary>
internal sealed class WebhookBook
{
    private readonly Dictionary<WebhookId, Entry> _entries = [];

    public IEnumerable<Webhook> Webhooks => _entries.Values.Select(entry => entry.Webhook);

    public int Count => _entries.Count;

    /// <summary>Events that found no room and were never written.</summary>
    public long Shed { get; private set; }

    public void Apply(CommerceChange change)
    {
        switch (change)
        {
            case WebhookChange { Webhook: var webhook }:
                if (_entries.TryGetValue(webhook.Id, out var known))
                {
                    known.Webhook = webhook;
                }
                else
                {
                    _entries[webhook.Id] = new Entry(webhook);
                }

                break;
            case WebhookDeletedChange { WebhookId: var id }:
                _entries.Remove(id);
                break;
            case OutboxStreamChange { Stream: var stream } when _entries.TryGetValue(stream.WebhookId, out var entry):
                entry.Set(stream);
                break;
        }
    }

    public void CountShed() => Shed++;

    public bool TryGet(WebhookId id, [NotNullWhen(true)] out Webhook? webhook)
    {
        webhook = _entries.TryGetValue(id, out var entry) ? entry.Webhook : null;
        return webhook is not null;
    }

    public OutboxBacklog Backlog(WebhookId id) => _entries.TryGetValue(id, out var entry) ? entry.Backlog : default;

    public OutboxStream Stream(WebhookId id, string stream) =>
        _entries.TryGetValue(id, out var entry) && entry.Streams.TryGetValue(stream, out var known)
            ? known
            : new OutboxStream(id, stream, 0, 0, 0, 0);

    public IReadOnlyCollection<OutboxStream> Streams(WebhookId id) =>
        _entries.TryGetValue(id, out var entry) ? entry.Streams.Values : [];

    private sealed class Entry(Webhook webhook)
    {
        public Webhook Webhook { get; set; } = webhook;

        public Dictionary<string, OutboxStream> Streams { get; } = new(StringComparer.Ordinal);

        public OutboxBacklog Backlog { get; private set; }

        public void Set(OutboxStream stream)
        {
            var before = Streams.GetValueOrDefault(stream.Stream);
            Streams[stream.Stream] = stream;
            Backlog = new OutboxBacklog(
                Backlog.Events + stream.Waiting - (before?.Waiting ?? 0),
                Backlog.Bytes + stream.WaitingBytes - (before?.WaitingBytes ?? 0),
                Backlog.Other + stream.WaitingOther - (before?.WaitingOther ?? 0));
        }
    }
}
