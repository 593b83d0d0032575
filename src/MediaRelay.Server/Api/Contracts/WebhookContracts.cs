using System.ComponentModel;
using System.Text.Json.Serialization;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record WebhookRequest(
    [property: Description("http or https; events are sent to it with POST.")] string? Url,
    [property: Description("Event types, as order.attributed; order.* for all that begin so; * for all.")] IReadOnlyList<string>? Events,
    [property: Description("Only this merchant's events; a merchant's token may leave it out.")] string? MerchantId = null,
    [property: Description("A new secret; the old one signs beside it for a day.")] bool RotateSecret = false);

internal sealed record WebhookResponse(
    string Id,
    string Url,
    IReadOnlyList<string> Events,
    string? MerchantId,
    [property: Description("active, or disabled: the receiver answered 410.")] string State,
    DateTimeOffset CreatedAt,
    [property: Description("Events that wait for the receiver.")] long Waiting,
    [property: Description("Bytes of them.")] long WaitingBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("What signatures are made with; told once, when it is new.")]
    string? Secret = null);

internal sealed record WebhookListResponse(IReadOnlyList<WebhookResponse> Webhooks);
