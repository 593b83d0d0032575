using System.Collections.Immutable;
using System.Security.Cryptography;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>Webhooks as the outside calls them; part of <see cref="CommerceService"/>, and thread-safe like it.</summary>
public sealed class WebhookService
{
    // 256 bits, as HMAC-SHA256 can use.
    private const int SecretBytes = 32;

    private readonly CommercePipeline _pipeline;

    internal WebhookService(CommercePipeline pipeline) => _pipeline = pipeline;

    /// <summary>Events that found no room in an outbox and were never written, since the store was last read.</summary>
    public long Shed => _pipeline.Read(core => core.State.Webhooks.Shed);

    /// <summary>Reads what waits.</summary>
    public OutboxReader Outbox => _pipeline.Store.Outbox;

    public Task<Outcome<WebhookPut>> PutAsync(DateTimeOffset now, WebhookId id, WebhookDraft draft) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Webhooks.Put(at, id, draft, MakeSecret, decision));

    public Task<Outcome<bool>> DeleteAsync(DateTimeOffset now, WebhookId id) =>
        _pipeline.ChangeAsync(now, (core, at, decision) => core.Webhooks.Delete(at, id, decision));

    public Webhook? Find(WebhookId id) =>
        _pipeline.Read(core => core.State.Webhooks.TryGet(id, out var webhook) ? webhook : null);

    /// <summary>All webhooks, in order of id.</summary>
    public ImmutableArray<Webhook> List() =>
        _pipeline.Read(core => core.State.Webhooks.Webhooks.OrderBy(webhook => webhook.Id).ToImmutableArray());

    public OutboxBacklog Backlog(WebhookId id) => _pipeline.Read(core => core.State.Webhooks.Backlog(id));

    /// <summary>What a webhook's streams have come to; completes when all of it is durable, so that the outbox has what they say.</summary>
    public Task<Outcome<ImmutableArray<OutboxStream>>> ReadStreamsAsync(DateTimeOffset now, WebhookId id) =>
        _pipeline.ChangeAsync<ImmutableArray<OutboxStream>>(now, (core, _, _) => core.State.Webhooks.Streams(id).ToImmutableArray());

    /// <summary>Whether anybody wants an event of a type: who makes it may save the trouble.</summary>
    public bool IsWanted(string type) =>
        _pipeline.Read(core => core.State.Webhooks.Webhooks.Any(webhook => WebhookEventTypes.Matches(webhook.Events, type)));

    /// <summary>Tells what has no other durable trace, in one transaction; completes when it is in the outboxes.</summary>
    public Task<Outcome<bool>> TellAsync(DateTimeOffset now, IReadOnlyList<WebhookNotice> notices) =>
        _pipeline.ChangeAsync<bool>(now, (core, at, decision) =>
        {
            core.Webhooks.Append(at, notices, decision);
            return true;
        });

    /// <summary>Takes what was delivered out of an outbox.</summary>
    public Task<Outcome<bool>> RemoveAsync(DateTimeOffset now, WebhookId id, string key, IReadOnlyList<OutboxRemoval> removals) =>
        _pipeline.ChangeAsync<bool>(now, (core, _, decision) =>
        {
            core.Webhooks.Remove(id, key, removals, decision);
            return true;
        });

    /// <summary>Gives up events for lack of room.</summary>
    public Task<Outcome<bool>> ShedAsync(DateTimeOffset now, WebhookId id, string key, IReadOnlyList<OutboxEntry> entries) =>
        _pipeline.ChangeAsync<bool>(now, (core, _, decision) =>
        {
            core.Webhooks.Shed(id, key, entries, decision);
            return true;
        });

    /// <summary>The receiver says that it is gone.</summary>
    public Task<Outcome<bool>> DisableAsync(DateTimeOffset now, WebhookId id) =>
        _pipeline.ChangeAsync<bool>(now, (core, at, decision) =>
        {
            core.Webhooks.Disable(at, id, decision);
            return true;
        });

    private static string MakeSecret() => "whsec_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
}
