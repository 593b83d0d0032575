using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>A webhook as it is asked for.</summary>
/// <param name="RotatesSecret">A new secret; the old one goes on signing beside it for a day.</param>
public sealed record WebhookDraft(
    string? Url, ImmutableArray<string> Events, MerchantId? MerchantId, bool RotatesSecret = false)
{
    internal Problem? Check()
    {
        if (Url is null || Url.Length > Webhook.MaxUrlLength || !Uri.TryCreate(Url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 || uri.Host.Length == 0)
        {
            return Problem.Invalid(
                "url", Url, $"an http or https address of at most {Webhook.MaxUrlLength} characters, without user and fragment");
        }

        if (Events.IsDefaultOrEmpty || Events.Length > WebhookEventTypes.MaxPatterns)
        {
            return Problem.Invalid(
                "events", Events.IsDefaultOrEmpty ? null : $"{Events.Length} patterns",
                $"1 to {WebhookEventTypes.MaxPatterns} of {WebhookEventTypes.Allowed}");
        }

        for (var i = 0; i < Events.Length; i++)
        {
            if (!WebhookEventTypes.IsPattern(Events[i]))
            {
                return Problem.Invalid($"events[{i}]", Events[i], WebhookEventTypes.Allowed);
            }
        }

        return null;
    }
}
