using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>How shelves stand in answers.</summary>
internal static class ShelfViews
{
    public static ShelfItemResponse Show(ShelfItem item) => new(
        item.Key.MerchantId.Value, item.Key.ItemId.Value, item.Title, item.Price.Minor, item.Price.Currency, item.Stock,
        item.ImageUrl, item.Url, item.Position, item.Version);

    public static SpotlightResponse Show(Spotlight spotlight) => new(
        spotlight.RoomId.Value, spotlight.Item.MerchantId.Value, spotlight.Item.ItemId.Value, spotlight.Since);

    public static RoomShelvesResponse Show(RoomShelves shelves) => new(
        shelves.RoomId.Value,
        shelves.CoHost is { State: CoHostState.Active } session ? session.Id.Value : null,
        [
            .. shelves.Merchants.Select(part => new RoomShelfResponse(
                part.Merchant.Id.Value,
                part.Merchant.Name,
                [.. part.Shelf.Items.Select(Show)],
                part.Spotlight is null ? null : Show(part.Spotlight))),
        ]);
}
