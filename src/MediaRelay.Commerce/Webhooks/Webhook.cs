using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>Where events are sent to, which ones, and what they are signed with.</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="Events">Patterns of <see cref="WebhookEventTypes"/>.</param>
/// <param name="MerchantId">Only this merchant's events; null for everybody's.</param>
/// <param name="Key">
/// Made anew each time that the webhook is created: event ids begin with it, so that they never occur twice.
/// </param>
/// <param name="Secret">Key of the signatures, as it was told to the receiver.</param>
/// <param name="PreviousSecret">Also signs until <paramref name="PreviousSecretEndsAt"/>, while a secret is exchanged.</param>
/// <param name="DisabledAt">When the receiver said that it is gone (410); nothing is kept for it or sent from then on.</param>
public sealed record Webhook(
    WebhookId Id,
    string Url,
    ImmutableArray<string> Events,
    MerchantId? MerchantId,
    string Key,
    string Secret,
    string? PreviousSecret,
    DateTimeOffset? PreviousSecretEndsAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DisabledAt)
{
    public const int MaxUrlLength = 2048;

    /// <summary>How long the secret before also signs after an exchange.</summary>
    public static readonly TimeSpan SecretOverlap = TimeSpan.FromHours(24);

    /// <summary>The secrets that sign what is sent at a time: the newest first.</summary>
    public ImmutableArray<string> SecretsAt(DateTimeOffset now) =>
        PreviousSecret is { } previous && now < PreviousSecretEndsAt ? [Secret, previous] : [Secret];

    /// <summary>Whether an event of a merchant (null: of none in particular) is for this receiver.</summary>
    public bool Wants(string type, MerchantId? merchantId) =>
        DisabledAt is null && (MerchantId is null || MerchantId == merchantId) && WebhookEventTypes.Matches(Events, type);
}
