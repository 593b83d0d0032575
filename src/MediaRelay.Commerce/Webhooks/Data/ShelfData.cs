using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>shelf.item.upserted</c>, <c>shelf.item.removed</c>.</summary>
public sealed record ShelfItemData(
    string ItemId, string Title, long PriceMinor, string Currency, long Stock, int Position, string? ImageUrl, string? Url,
    [property: Description("The shelf's version with this change.")] long Version) : WebhookData;

/// <summary><c>shelf.item.spotlighted</c>.</summary>
public sealed record SpotlightData(
    [property: Description("Null: nothing is shown any more.")] string? ItemId,
    [property: Description("90 kHz on the room's feed.")] long? MediaTime) : WebhookData;
