using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>shelf</c> <c>{merchantId, version, items:[item…], removed:[itemId…], name?, full?, more?}</c>. With <c>full</c>
/// the items replace the merchant's shelf, with <c>more</c> they go on behind the message before, else they change
/// single items. The order is position, then arrival.
/// </summary>
/// <param name="Name">The merchant's name, where the viewer may not know it yet.</param>
public sealed record ShelfBody(
    MerchantId MerchantId,
    long Version,
    IReadOnlyList<ShelfItem> Items,
    ItemId? Removed = null,
    string? Name = null,
    bool IsFull = false,
    bool IsMore = false) : IOverlayBody
{
    public string Type => OverlayTypes.Shelf;

    /// <summary>The message for one changed item.</summary>
    public static ShelfBody Change(ShelfItem item, long version) => item.IsRemoved
        ? new ShelfBody(item.Key.MerchantId, version, [], item.Key.ItemId)
        : new ShelfBody(item.Key.MerchantId, version, [item]);

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(4 + (Name is null ? 0 : 1) + (IsFull ? 1 : 0) + (IsMore ? 1 : 0));
        writer.WriteString("merchantId");
        writer.WriteString(MerchantId.Value);
        writer.WriteString("version");
        writer.WriteInteger(Version);
        writer.WriteString("items");
        writer.WriteArrayHeader(Items.Count);
        foreach (var item in Items)
        {
            WriteItem(writer, item);
        }

        writer.WriteString("removed");
        writer.WriteArrayHeader(Removed is null ? 0 : 1);
        if (Removed is { } removed)
        {
            writer.WriteString(removed.Value);
        }

        if (Name is not null)
        {
            writer.WriteString("name");
            writer.WriteString(Name);
        }

        if (IsFull)
        {
            writer.WriteString("full");
            writer.WriteBoolean(true);
        }

        if (IsMore)
        {
            writer.WriteString("more");
            writer.WriteBoolean(true);
        }
    }

    /// <summary>
    /// <c>{merchantId, itemId, title, priceMinor, currency, stock, position, arrival, imageUrl?, url?}</c>.
    /// </summary>
    internal static void WriteItem(MessagePackWriter writer, ShelfItem item)
    {
        writer.WriteMapHeader(8 + (item.ImageUrl is null ? 0 : 1) + (item.Url is null ? 0 : 1));
        writer.WriteString("merchantId");
        writer.WriteString(item.Key.MerchantId.Value);
        writer.WriteString("itemId");
        writer.WriteString(item.Key.ItemId.Value);
        writer.WriteString("title");
        writer.WriteString(item.Title);
        writer.WriteString("priceMinor");
        writer.WriteInteger(item.Price.Minor);
        writer.WriteString("currency");
        writer.WriteString(item.Price.Currency);
        writer.WriteString("stock");
        writer.WriteInteger(item.Stock);
        writer.WriteString("position");
        writer.WriteInteger(item.Position);
        writer.WriteString("arrival");
        writer.WriteInteger(item.Arrival);
        if (item.ImageUrl is not null)
        {
            writer.WriteString("imageUrl");
            writer.WriteString(item.ImageUrl);
        }

        if (item.Url is not null)
        {
            writer.WriteString("url");
            writer.WriteString(item.Url);
        }
    }

    /// <summary>
    /// An upper bound for <see cref="WriteItem"/>: fixed texts and numbers, and three bytes of UTF-8 per UTF-16 unit.
    /// </summary>
    internal static int SizeOf(ShelfItem item) =>
        128 + item.Key.MerchantId.Value.Length + item.Key.ItemId.Value.Length
        + (3 * (item.Title.Length + (item.ImageUrl?.Length ?? 0) + (item.Url?.Length ?? 0)));
}
