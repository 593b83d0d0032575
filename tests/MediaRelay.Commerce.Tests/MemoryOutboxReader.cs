using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.Tests;

/// <summary>What waits for webhooks, as the log of changes leaves it.</summary>
internal sealed class MemoryOutboxReader : OutboxReader
{
    private readonly SortedDictionary<(WebhookId, string, long), OutboxEntry> _entries = [];

    public void Apply(CommerceChange change)
    {
        switch (change)
        {
            case OutboxAppendedChange { Entry: var entry }:
                _entries[(entry.WebhookId, entry.Stream, entry.Seq)] = entry;
                break;
            case OutboxDeliveredChange delivered:
                Remove(key => key.Item1 == delivered.WebhookId && key.Item2 == delivered.Stream && key.Item3 <= delivered.UpToSeq);
                break;
            case OutboxShedChange shed:
                _entries.Remove((shed.WebhookId, shed.Stream, shed.Seq));
                break;
            case WebhookDeletedChange { WebhookId: var id }:
                Remove(key => key.Item1 == id);
                break;
        }
    }

    public IReadOnlyList<OutboxEntry> Of(WebhookId id) => [.. _entries.Values.Where(entry => entry.WebhookId == id)];

    public override Task<ImmutableArray<OutboxEntry>> ReadAsync(
        WebhookId webhookId, string stream, long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(
            Of(webhookId).Where(entry => entry.Stream == stream && entry.Seq > after).Take(limit).ToImmutableArray());

    public override Task<ImmutableArray<OutboxEntry>> ReadOldestOtherAsync(
        WebhookId webhookId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Of(webhookId).Where(entry => !entry.IsMoney).OrderBy(entry => entry.At).Take(limit).ToImmutableArray());

    public override Task<DateTimeOffset?> ReadOldestAtAsync(WebhookId webhookId, CancellationToken cancellationToken) =>
        Task.FromResult(Of(webhookId).Select(entry => (DateTimeOffset?)entry.At).Min());

    private void Remove(Func<(WebhookId, string, long), bool> isGone)
    {
        foreach (var key in _entries.Keys.Where(isGone).ToList())
        {
            _entries.Remove(key);
        }
    }
}
