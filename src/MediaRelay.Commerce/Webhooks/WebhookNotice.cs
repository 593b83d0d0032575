using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks.Data;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>Something to be told, before it is known to whom.</summary>
/// <param name="Type">One of <see cref="WebhookEventTypes"/>.</param>
/// <param name="RoomId">Where it happened; null when it belongs to a merchant and no room in particular.</param>
/// <param name="ShowId">The room's show then, if one ran.</param>
/// <param name="MerchantId">Whose event it is; null: the platform's alone.</param>
public sealed record WebhookNotice(
    string Type, DateTimeOffset At, RoomId? RoomId, ShowId? ShowId, MerchantId? MerchantId, WebhookData Data)
{
    /// <summary>What is told in order: the events of a room, else those of a merchant, else the rest.</summary>
    public string Stream => RoomId is { } room ? $"room/{room}" : MerchantId is { } merchant ? $"merchant/{merchant}" : "platform";
}
