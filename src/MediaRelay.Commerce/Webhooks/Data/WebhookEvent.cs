using System.ComponentModel;
using System.Text.Json;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary>The envelope, for the API's description; <see cref="WebhookEnvelope"/> writes it.</summary>
public sealed record WebhookEvent(
    [property: Description("Unique and the same in every attempt: what came twice has it twice.")] string Id,
    string Type,
    [property: Description("When the relay accepted the cause.")] DateTimeOffset At,
    string? RoomId,
    string? ShowId,
    [property: Description("Whose event it is.")] string? MerchantId,
    [property: Description("Counts this webhook's events of this room (without a room: of this merchant). A gap: shed.")] long Seq,
    JsonElement Data);
