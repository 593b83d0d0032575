using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record ShelfItemRequest(
    [property: Description("1 to 200 characters.")] string? Title,
    [property: Description("Price of one piece in minor units (fen, cents).")] long? PriceMinor,
    [property: Description("ISO 4217, upper case.")] string? Currency,
    [property: Description("Pieces left.")] long? Stock,
    [property: Description("Absolute http or https URL of a picture.")] string? ImageUrl = null,
    [property: Description("Absolute http or https URL where it is bought.")] string? Url = null,
    [property: Description("Place on the shelf, 0 to 9999; default behind what is there.")] int? Position = null);

internal sealed record ShelfItemResponse(
    string MerchantId,
    string ItemId,
    string Title,
    long PriceMinor,
    string Currency,
    long Stock,
    string? ImageUrl,
    string? Url,
    int Position,
    [property: Description("The shelf's version when the item last changed.")] long Version);

internal sealed record ShelfResponse(string MerchantId, long Version, IReadOnlyList<ShelfItemResponse> Items);

internal sealed record SpotlightRequest([property: Description("An item of the merchant's shelf.")] string? ItemId);

internal sealed record SpotlightResponse(string RoomId, string MerchantId, string ItemId, DateTimeOffset Since);

internal sealed record RoomShelfResponse(
    string MerchantId, string Name, IReadOnlyList<ShelfItemResponse> Shelf, SpotlightResponse? Spotlight);

internal sealed record RoomShelvesResponse(
    string RoomId,
    string? CohostId,
    [property: Description("The room's own merchant first, then the co-hosts'.")] IReadOnlyList<RoomShelfResponse> Merchants);
