using System.Collections.Immutable;
using System.Security.Cryptography;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>Decides about webhooks, and puts into their outboxes what was decided elsewhere, in the same transaction.</summary>
internal sealed class WebhookDesk(CommerceState state, CommerceOptions options, WebhookNotices notices)
{
    // Shedding makes room for the newest by giving up the oldest, and runs behind; what comes faster than that is given up
    // at this distance from the bound.
    private const double HardBound = 1.25;

    private WebhookBook Book => state.Webhooks;

    public Outcome<WebhookPut> Put(
        DateTimeOffset now, WebhookId id, WebhookDraft draft, Func<string> makeSecret, Decision decision)
    {
        if (draft.Check() is { } problem)
        {
            return problem;
        }

        if (draft.MerchantId is { } merchant && !state.Catalog.TryGetMerchant(merchant, out _))
        {
            return Problem.Invalid("merchantId", merchant, "a merchant that exists", ProblemKind.Unprocessable);
        }

        if (!Book.TryGet(id, out var before))
        {
            if (Book.Count >= options.MaxWebhooks)
            {
                return Problem.Conflict($"There are {options.MaxWebhooks} webhooks, which is the limit.");
            }

            var secret = makeSecret();
            var made = new Webhook(
                id, draft.Url!, draft.Events, draft.MerchantId, RandomNumberGenerator.GetHexString(12, lowercase: true), secret,
                null, null, now, null);
            Set(now, made, decision);
            return new WebhookPut(made, true, secret);
        }

        if (before.MerchantId != draft.MerchantId)
        {
            return Problem.Conflict(
                $"Webhook '{id}' is for {(before.MerchantId is { } owner ? $"merchant '{owner}'" : "all merchants")} for life; delete it first.",
                "merchantId", draft.MerchantId?.Value);
        }

        var after = before with { Url = draft.Url!, Events = draft.Events, DisabledAt = null };
        string? newSecret = null;
        if (draft.RotatesSecret)
        {
            newSecret = makeSecret();
            after = after with
            {
                Secret = newSecret,
                PreviousSecret = before.Secret,
                PreviousSecretEndsAt = now + Webhook.SecretOverlap,
            };
        }

        if (newSecret is not null || after.Url != before.Url || before.DisabledAt is not null
            || !after.Events.AsSpan().SequenceEqual(before.Events.AsSpan()))
        {
            Set(now, after, decision);
        }

        return new WebhookPut(after, false, newSecret);
    }

    public Outcome<bool> Delete(DateTimeOffset now, WebhookId id, Decision decision)
    {
        if (!Book.TryGet(id, out _))
        {
            return Problem.NotFound("webhook", id);
        }

        decision.Record(new WebhookDeletedChange(id));
        decision.Announce(new WebhookChanged(now, id, null));
        return true;
    }

    /// <summary>The receiver says that it is gone; what waits is kept until the webhook is put again or deleted.</summary>
    public void Disable(DateTimeOffset now, WebhookId id, Decision decision)
    {
        if (Book.TryGet(id, out var webhook) && webhook.DisabledAt is null)
        {
            Set(now, webhook with { DisabledAt = now }, decision);
        }
    }

    /// <summary>Takes out of the outbox what was delivered.</summary>
    /// <param name="key">The webhook's: another one may have its id by now.</param>
    public void Remove(WebhookId id, string key, IReadOnlyList<OutboxRemoval> removals, Decision decision)
    {
        if (!Book.TryGet(id, out var webhook) || webhook.Key != key)
        {
            return;
        }

        foreach (var removal in removals)
        {
            decision.Record(new OutboxDeliveredChange(id, removal.Stream, removal.UpToSeq));
            decision.Record(new OutboxStreamChange(
                Book.Stream(id, removal.Stream).Remove(removal.Events, removal.Bytes, removal.Other)));
        }
    }

    /// <summary>Gives up events for lack of room; those about money stay.</summary>
    public void Shed(WebhookId id, string key, IReadOnlyList<OutboxEntry> entries, Decision decision)
    {
        if (!Book.TryGet(id, out var webhook) || webhook.Key != key)
        {
            return;
        }

        foreach (var entry in entries.Where(entry => !entry.IsMoney))
        {
            decision.Record(new OutboxShedChange(id, entry.Stream, entry.Seq));
            decision.Record(new OutboxStreamChange(Book.Stream(id, entry.Stream).Remove(1, entry.Body.Length, 1)));
        }
    }

    /// <summary>What a decision means for receivers, into their outboxes. Called once, when the decision is complete.</summary>
    public void Follow(DateTimeOffset now, Decision decision)
    {
        if (Book.Count > 0)
        {
            Append(now, [.. notices.Of(now, decision)], decision);
        }
    }

    public void Append(DateTimeOffset now, IReadOnlyList<WebhookNotice> told, Decision decision)
    {
        foreach (var webhook in Book.Webhooks.ToList())
        {
            Append(now, webhook, told, decision);
        }
    }

    private void Append(DateTimeOffset now, Webhook webhook, IReadOnlyList<WebhookNotice> told, Decision decision)
    {
        Dictionary<string, OutboxStream>? grown = null;
        var backlog = Book.Backlog(webhook.Id);
        foreach (var notice in told)
        {
            if (!webhook.Wants(notice.Type, notice.MerchantId))
            {
                continue;
            }

            grown ??= new Dictionary<string, OutboxStream>(StringComparer.Ordinal);
            if (!grown.TryGetValue(notice.Stream, out var stream))
            {
                stream = Book.Stream(webhook.Id, notice.Stream);
            }

            // The number is used up in any case: a gap tells the receiver that something is missing.
            stream = stream with { LastSeq = stream.LastSeq + 1 };
            var isMoney = WebhookEventTypes.IsMoney(notice.Type);
            if (!isMoney && IsOver(backlog, HardBound))
            {
                Book.CountShed();
            }
            else
            {
                var id = WebhookEnvelope.IdOf(webhook.Key, notice.Stream, stream.LastSeq);
                var entry = new OutboxEntry(
                    webhook.Id, notice.Stream, stream.LastSeq, notice.Type, isMoney, notice.At,
                    WebhookEnvelope.Encode(notice, id, stream.LastSeq));
                decision.Record(new OutboxAppendedChange(entry));
                stream = stream.Add(entry);
                backlog = new OutboxBacklog(
                    backlog.Events + 1, backlog.Bytes + entry.Body.Length, backlog.Other + (isMoney ? 0 : 1));
            }

            grown[notice.Stream] = stream;
        }

        if (grown is null)
        {
            return;
        }

        foreach (var stream in grown.Values)
        {
            decision.Record(new OutboxStreamChange(stream));
        }

        decision.Announce(new OutboxGrew(
            now, webhook.Id, [.. grown.Values.Select(stream => (stream.Stream, stream.LastSeq))]));
    }

    private bool IsOver(OutboxBacklog backlog, double share) =>
        backlog.Events >= options.MaxOutboxEvents * share || backlog.Bytes >= options.MaxOutboxBytes * share;

    private static void Set(DateTimeOffset now, Webhook webhook, Decision decision)
    {
        decision.Record(new WebhookChange(webhook));
        decision.Announce(new WebhookChanged(now, webhook.Id, webhook));
    }
}
